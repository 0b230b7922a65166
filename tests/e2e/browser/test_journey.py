"""A day with the web page, in a real browser, on the real engines."""

from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.browser.pages import DoorPage, content

# Three parts, the last one small.
SIZE = 2 * 8 * 2**20 + 12345


def test_a_file_comes_goes_and_comes_back(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    drive.expect_only()
    drive.new_folder("Films")
    drive.open_folder("Films")

    progress = drive.drop("holiday.mkv", SIZE)
    drive.expect_only("holiday.mkv")
    assert len(progress) > 2
    assert Path(drive.download("holiday.mkv").path()).read_bytes() == content(SIZE)

    drive.rename("holiday.mkv", "Ferien 2026.mkv")
    drive.new_folder("Summer")
    drive.move("Ferien 2026.mkv", "Summer")
    drive.expect_only("Summer")
    drive.open_folder("Summer").expect_only("Ferien 2026.mkv")

    drive.delete("Ferien 2026.mkv")
    drive.expect_only()
    drive.undo()
    drive.expect_only("Ferien 2026.mkv")

    drive.go_up()
    drive.delete("Films")
    drive.expect_only()
    trash = drive.open_trash()
    trash.restore("Films")
    drive = trash.open_files()
    drive.open_folder("Films").open_folder("Summer").expect_only("Ferien 2026.mkv")
    drive.sign_out()
