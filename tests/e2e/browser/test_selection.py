"""Many are chosen as on a desktop, and what is done to them at once can be taken back."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.pages import DoorPage, DrivePage
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe


@pytest.fixture
def drive(page: Page) -> DrivePage:
    drive = DoorPage(page).sign_up()
    for name in ("a", "b", "c", "d"):
        drive.new_folder(name)
    return drive


def test_the_pointer_selects_with_ctrl_shift_and_boxes_and_a_move_is_taken_back(
    drive: DrivePage, page: Page, axe: str
) -> None:
    page.get_by_role("link", name="a", exact=True).click(modifiers=["Control"])
    page.get_by_role("link", name="c", exact=True).click(modifiers=["Shift"])
    drive.expect_selected("a", "b", "c")
    assert_accessible(page, axe)
    page.get_by_role("checkbox", name="Select b").uncheck()
    drive.expect_selected("a", "c")

    drive.move_selected("b")
    expect(page.get_by_text("Moved 2 items to “b”.")).to_be_visible()
    drive.expect_only("b", "d")
    drive.expect_selected()

    drive.undo()
    expect(page.get_by_text("Brought back 2 items.")).to_be_visible()
    drive.expect_only("a", "b", "c", "d")


def test_the_keyboard_selects_deletes_and_takes_back(drive: DrivePage, page: Page) -> None:
    page.get_by_role("link", name="b", exact=True).focus()
    page.keyboard.press("Shift+ArrowDown")
    drive.expect_selected("b", "c")
    page.keyboard.press("Control+a")
    drive.expect_selected("a", "b", "c", "d")
    page.keyboard.press("Escape")
    drive.expect_selected()
    page.keyboard.press("Control+Space")
    page.keyboard.press("Shift+ArrowDown")
    drive.expect_selected("c", "d")

    page.keyboard.press("Delete")
    expect(page.get_by_text("Moved 2 items to the trash.")).to_be_visible()
    drive.expect_only("a", "b")

    drive.undo()
    drive.expect_only("a", "b", "c", "d")


def test_what_cannot_be_moved_is_told_and_stays_while_the_others_go(drive: DrivePage, page: Page) -> None:
    drive.open_folder("d").new_folder("a")
    drive.go_up()
    page.get_by_role("checkbox", name="Select a").check()
    page.get_by_role("checkbox", name="Select b").check()

    drive.move_selected("d")

    expect(page.get_by_text("Moved one item to “d”. Not done for one item. “a”:")).to_be_visible()
    drive.expect_only("a", "c", "d")
