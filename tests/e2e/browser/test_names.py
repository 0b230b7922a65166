"""Names of every kind are shown as they are, fit on a phone, can be worked with, and do nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe

HOSTILE = [
    "<img src=x onerror=\"document.title = 'owned'\">.txt",
    "{{ constructor.constructor('document.title = 1')() }}.txt",
    "שלום עולם مرحبا.txt",
    "🚢⚓ 👩‍👩‍👧‍👦.txt",
    "a" + "ä" * 125 + ".txt",
]


@pytest.mark.parametrize("width", [1280, 360])
def test_they_are_uploaded_listed_looked_at_and_thrown_away(
    open_page: OpenPage, axe: str, width: int
) -> None:
    page = open_page(width=width)
    drive = DoorPage(page).sign_up()
    assert len(HOSTILE[-1].encode()) == 255
    for name in HOSTILE:
        drive.put(name, name.encode())
    assert_accessible(page, axe)
    page.get_by_role("button", name="Clear the list").click()

    for name in HOSTILE:
        preview = drive.look_at(name)
        expect(preview.body).to_contain_text(name.removesuffix(".txt"))
        preview.close()
    assert_accessible(page, axe)

    search = drive.open_search().type("img onerror")
    search.expect_only(HOSTILE[0])
    page.go_back()
    for name in HOSTILE:
        drive.delete(name)
    trash = drive.open_trash()
    assert_accessible(page, axe)
    trash.restore(HOSTILE[0])
    trash.open_files().expect_only(HOSTILE[0])
    expect(page).to_have_title("Files · Stowage")


def test_a_folder_of_such_a_name_is_opened_renamed_and_saved_in(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    name = HOSTILE[0].removesuffix(".txt")
    drive.new_folder(name)
    folder = drive.open_folder(name)
    folder.put(HOSTILE[3], b"ahoy")

    assert Path(folder.download(HOSTILE[3]).path()).read_bytes() == b"ahoy"
    folder.go_up()
    drive.rename(name, "tame")
    drive.expect_only("tame")
