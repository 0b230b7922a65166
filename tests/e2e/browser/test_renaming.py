"""A name is changed where it stands, and the old one comes back."""

from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe

_MARKED = "field => field.value.slice(field.selectionStart, field.selectionEnd)"


def test_a_name_is_changed_in_place_refused_there_and_taken_back(page: Page, axe: str) -> None:
    drive = DoorPage(page).sign_up()
    drive.new_folder("taken")
    drive.put("letter.draft.txt", b"Dear Ada")
    page.get_by_role("button", name="letter.draft.txt", exact=True).focus()

    page.keyboard.press("F2")
    field = drive.name_field("letter.draft.txt")
    expect(field).to_be_focused()
    assert field.evaluate(_MARKED) == "letter.draft"
    assert_accessible(page, axe)
    field.fill("taken")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("there already")
    expect(field).to_have_value("taken")
    assert_accessible(page, axe)
    field.fill("a/b")
    expect(page.get_by_role("alert")).to_contain_text("slash")
    field.press("Escape")
    drive.expect_only("taken", "letter.draft.txt")
    expect(page.get_by_role("button", name="letter.draft.txt", exact=True)).to_be_focused()

    page.keyboard.press("F2")
    field.fill("final.txt")
    field.press("Enter")
    drive.expect_only("taken", "final.txt")
    expect(page.get_by_role("button", name="final.txt", exact=True)).to_be_focused()
    drive.undo()
    drive.expect_only("taken", "letter.draft.txt")


def test_whoever_goes_elsewhere_has_renamed_and_a_phone_has_room_for_it(
    open_page: OpenPage, axe: str
) -> None:
    page = open_page(width=360)
    drive = DoorPage(page).sign_up()
    drive.new_folder("a")

    drive.choose("a", "Rename")
    drive.name_field("a").fill("b")
    assert_accessible(page, axe)
    page.get_by_role("heading", name="Files", exact=True).click()

    drive.expect_only("b")
