"""A folder is saved from the page as one zip."""

from zipfile import ZipFile

from playwright.sync_api import Page

from tests.e2e.browser.pages import DoorPage, content

SIZE = 300_000


def test_a_folder_is_downloaded_with_all_that_is_in_it(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    drive.new_folder("Films")
    drive.open_folder("Films")
    drive.new_folder("None yet")
    drive.drop("holiday.mkv", SIZE)
    drive.go_up()

    with page.expect_download() as begun:
        drive.choose("Films", "Download")

    assert begun.value.suggested_filename == "Films.zip"
    with ZipFile(begun.value.path()) as saved:
        assert saved.namelist() == ["Films/", "Films/None yet/", "Films/holiday.mkv"]
        assert saved.read("Films/holiday.mkv") == content(SIZE)
