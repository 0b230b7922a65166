"""Cut, copied and pasted with the keys of a desktop and by the menu; each can be taken back."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.pages import DoorPage, DrivePage


@pytest.fixture
def drive(page: Page) -> DrivePage:
    drive = DoorPage(page).sign_up()
    for name in ("from", "to"):
        drive.new_folder(name)
    drive.put("letter.txt", b"Dear Ada")
    return drive


def test_what_is_cut_moves_to_where_it_is_pasted_once(drive: DrivePage, page: Page) -> None:
    drive.select("from", "letter.txt")
    page.get_by_role("link", name="from", exact=True).focus()
    page.keyboard.press("Control+x")
    expect(page.locator(".node--cut")).to_have_count(2)
    drive.open_folder("to")

    page.keyboard.press("Control+v")
    expect(page.get_by_text("Moved 2 items to “to”.")).to_be_visible()
    drive.expect_only("from", "letter.txt")
    drive.undo()
    drive.expect_only()

    drive.ask_for_menu_of_folder().expect_none("Paste").close()
    drive.go_up()
    drive.expect_only("from", "to", "letter.txt")


def test_copies_of_files_and_folders_appear_with_all_that_is_in_them_as_often_as_one_likes(
    drive: DrivePage, page: Page
) -> None:
    drive.open_folder("from").put("inner.txt", b"in it")
    drive.go_up()
    drive.select("from", "letter.txt")
    page.get_by_role("link", name="from", exact=True).focus()
    page.keyboard.press("Control+c")
    drive.open_folder("to")
    page.keyboard.press("Control+v")
    expect(page.get_by_text("Copied 2 items to “to”.")).to_be_visible()
    drive.expect_only("from", "letter.txt")
    # The offer to take the first ones back is gone the moment that others are on their way.
    drive.ask_for_menu_of_folder().choose("Paste")
    drive.expect_only("from", "from (2)", "letter (2).txt", "letter.txt")
    drive.undo()
    drive.expect_only("from", "letter.txt")

    drive.open_folder("from").expect_only("inner.txt")


def test_copy_to_asks_where_to_and_takes_back_what_it_made(drive: DrivePage, page: Page) -> None:
    drive.ask_for_menu("letter.txt").choose("Copy to …")
    page.get_by_role("dialog").get_by_role("button", name="Copy here").click()
    expect(page.get_by_text("Copied one item to “Files”.")).to_be_visible()
    drive.expect_only("from", "to", "letter (2).txt", "letter.txt")

    drive.undo()
    drive.expect_only("from", "to", "letter.txt")


def test_a_copy_that_is_refused_says_why_and_keys_in_a_field_are_left_alone(
    drive: DrivePage, page: Page
) -> None:
    drive.ask_for_menu("letter.txt").choose("Copy")
    page.get_by_role("button", name="New folder").click()
    page.get_by_role("textbox", name="Name").fill("kept")
    page.get_by_role("textbox", name="Name").press("Control+a")
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    expect(page.get_by_role("textbox", name="Name")).to_have_value("kept")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()

    drive.delete("letter.txt")
    drive.open_folder("to")
    page.keyboard.press("Control+v")

    expect(page.get_by_text("Copied nothing to “to”. Not done for one item. “letter.txt”:")).to_be_visible()
    drive.expect_only()


def test_who_signs_in_next_pastes_nothing_of_the_one_before(drive: DrivePage, page: Page) -> None:
    drive.select("from", "letter.txt")
    page.get_by_role("link", name="from", exact=True).focus()
    page.keyboard.press("Control+c")
    drive.ask_for_menu_of_folder().expect_actions("Paste").close()
    drive.sign_out()

    page.get_by_role("link", name="Make an account").click()
    door = DoorPage(page)
    door.fill("next@example.com")
    page.get_by_role("button", name="Make an account").click()

    drive.expect_open()
    drive.ask_for_menu_of_folder().expect_none("Paste")
