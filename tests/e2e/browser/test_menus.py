"""What can be done stands in a menu where one is: for the mouse, the keyboard and a finger."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage, DrivePage, MenuPage
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe

_REST_A_FINGER = """row => {
  const { left, top } = row.getBoundingClientRect()
  const at = { pointerType: 'touch', bubbles: true, clientX: left + 90, clientY: top + 20 }
  row.querySelector('.name').dispatchEvent(new PointerEvent('pointerdown', at))
}"""


@pytest.fixture
def drive(page: Page) -> DrivePage:
    drive = DoorPage(page).sign_up()
    for name in ("a", "b", "c"):
        drive.new_folder(name)
    return drive


def test_the_right_button_asks_for_a_menu_of_a_row_of_the_selection_and_of_the_folder(
    drive: DrivePage, page: Page, axe: str
) -> None:
    menu = drive.ask_for_menu("b").expect_actions("Open", "Cut", "Copy", "Rename", "Details")
    drive.expect_selected("b")
    assert_accessible(page, axe)
    menu.choose("Open")
    drive.expect_open("b")
    page.go_back()

    drive.expect_open()
    drive.select("a", "c")
    drive.ask_for_menu("c").expect_none("Rename").choose("Delete")
    expect(page.get_by_text("Moved 2 items to the trash.")).to_be_visible()
    drive.expect_only("b")
    drive.undo()
    drive.expect_only("a", "b", "c")

    menu = drive.ask_for_menu_of_folder().expect_actions("New folder", "Upload files", "Select all")
    menu.expect_none("Paste").choose("Select all")
    drive.expect_selected("a", "b", "c")
    drive.ask_for_menu_of_folder().choose("New folder")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()


@pytest.mark.parametrize("key", ["ContextMenu", "Shift+F10"])
def test_a_key_asks_for_the_menu_and_the_focus_comes_back(drive: DrivePage, page: Page, key: str) -> None:
    name = page.get_by_role("link", name="b", exact=True)
    name.focus()

    page.keyboard.press(key)
    menu = MenuPage(page).expect_actions("Rename")
    menu.close()
    expect(name).to_be_focused()

    page.keyboard.press(key)
    menu.expect_actions("Rename")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Open")).to_be_focused()
    page.keyboard.press("Enter")
    drive.expect_open("b")


def test_a_finger_that_rests_asks_for_it_on_a_phone(open_page: OpenPage, axe: str) -> None:
    page = open_page(width=360)
    drive = DoorPage(page).sign_up()
    drive.new_folder("a")

    drive.row("a").evaluate(_REST_A_FINGER)

    MenuPage(page).expect_actions("Open", "Rename", "Delete")
    drive.expect_selected("a")
    assert_accessible(page, axe)
    drive.row("a").dispatch_event("click")
    drive.expect_open()
