"""The folders at the side: by keyboard as trees are, with the folder that is shown, and as it changes elsewhere."""

from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe


def test_the_tree_is_walked_by_keyboard_and_follows_the_folder_that_is_shown(page: Page, axe: str) -> None:
    drive = DoorPage(page).sign_up()
    for name in ("films", "music"):
        drive.new_folder(name)
    drive.open_folder("films").new_folder("old")
    tree = page.get_by_role("tree", name="Folders")
    line = lambda name: tree.get_by_role("treeitem", name=name, exact=True)  # noqa: E731  # said often below

    expect(line("films")).to_have_attribute("aria-selected", "true")
    line("films").focus()
    page.keyboard.press("ArrowRight")
    expect(line("old")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(line("old")).to_be_focused()
    page.keyboard.press("Enter")
    drive.expect_open("old")
    expect(line("old")).to_have_attribute("aria-selected", "true")
    expect(line("old")).not_to_have_attribute("aria-expanded", "true")
    assert_accessible(page, axe)

    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(line("old")).to_be_hidden()
    page.keyboard.press("m")
    expect(line("music")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    drive.expect_open()


def test_the_tree_shows_what_another_window_does(open_page: OpenPage) -> None:
    page = open_page()
    drive = DoorPage(page).sign_up()
    drive.new_folder("films")
    other = open_page()
    other.goto("/recent")
    tree = other.get_by_role("tree", name="Folders")
    expect(tree.get_by_role("treeitem", name="films")).to_be_visible()

    drive.new_folder("music")
    expect(tree.get_by_role("treeitem", name="music")).to_be_visible()
    drive.rename("films", "pictures")
    expect(tree.get_by_role("treeitem", name="pictures")).to_be_visible()
    drive.delete("music")
    expect(tree.get_by_role("treeitem", name="music")).to_be_hidden()


def test_a_phone_has_no_room_for_it(open_page: OpenPage) -> None:
    page = open_page(width=360)
    DoorPage(page).sign_up()

    expect(page.get_by_role("tree")).to_be_hidden()
