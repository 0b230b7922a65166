"""What is to be known of a file, and what it was."""

import hashlib

from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DetailsPage, DoorPage, DrivePage, PreviewPage
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe


def test_versions_are_looked_at_kept_restored_and_forgotten(page: Page, axe: str) -> None:
    drive = DoorPage(page).sign_up()
    drive.put("letter.txt", b"one")
    _replace(page, b"two, longer")
    details = drive.show_details("letter.txt")
    details.expect_versions(2, 1)
    expect(details.panel).to_contain_text("Files")
    expect(details.panel).to_contain_text(hashlib.sha256(hashlib.sha256(b"two, longer").digest()).hexdigest())
    expect(details.version(2)).to_contain_text("11 bytes · you")
    expect(details.version(2)).to_contain_text("Current")
    assert_accessible(page, axe)

    details.choose(1, "Look at it")
    preview = PreviewPage(page, "letter.txt").expect_open()
    expect(preview.body.get_by_role("region", name="letter.txt")).to_have_text("one")
    preview.close()
    details.choose(1, "Keep for ever")
    expect(details.version(1)).to_contain_text("Kept")
    details.choose(1, "Make it current again")
    details.expect_versions(3, 2, 1)
    expect(details.version(3)).to_contain_text("Current")
    expect(drive.row("letter.txt")).to_contain_text("3 bytes")
    details.choose(2, "Delete for ever")
    assert_accessible(page, axe)
    page.get_by_role("alertdialog").get_by_role("button", name="Delete for ever").click()
    details.expect_versions(3, 1)
    expect(page.get_by_role("alertdialog")).to_be_hidden()

    page.keyboard.press("Escape")
    expect(details.panel).to_be_hidden()


def test_details_follow_what_another_window_does_and_fit_a_phone(open_page: OpenPage, axe: str) -> None:
    first, second = open_page(), open_page()
    here = DoorPage(first).sign_up()
    here.put("letter.txt", b"one")
    second.set_viewport_size({"width": 360, "height": 740})
    second.goto("/")
    details = DrivePage(second).expect_open().show_details("letter.txt")
    details.expect_versions(1)
    assert_accessible(second, axe)

    _replace(first, b"two")
    details.expect_versions(2, 1)
    here.rename("letter.txt", "epistle.txt")

    DetailsPage(second).expect_open("epistle.txt")


def _replace(page: Page, written: bytes) -> None:
    file: FilePayload = {"name": "letter.txt", "mimeType": "text/plain", "buffer": written}
    page.get_by_label("Files to upload").set_input_files([file])
    page.get_by_role("button", name="Replace").click()
    expect(page.get_by_text("2 files uploaded")).to_be_visible()
    page.get_by_role("button", name="Clear the list").click()
