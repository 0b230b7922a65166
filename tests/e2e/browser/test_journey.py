"""A day with the web page, in a real browser, on the real engines."""

import uuid
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

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


def test_a_folder_is_uploaded_looked_at_put_in_order_and_taken_back(page: Page) -> None:
    email = f"{uuid.uuid4().hex}@example.com"
    drive = DoorPage(page).sign_up(email)
    drive.pick_folder("Trip", {"plan.txt": 300, "photos/harbour.jpg": 5000}, ["photos/raw"])
    expect(page.get_by_text("3 files uploaded")).to_be_visible()
    drive.open_folder("Trip").expect_only("photos", "plan.txt")

    drive.put("notes.txt", b"Dear Ada")
    preview = drive.look_at("notes.txt")
    expect(preview.body).to_contain_text("Dear Ada")
    preview.close()

    drive.rename("notes.txt", "letter.txt")
    drive.move("letter.txt", "photos")
    drive.open_folder("photos").expect_only("raw", "harbour.jpg", "letter.txt")

    file: FilePayload = {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"Dear Grace"}
    page.get_by_label("Files to upload").set_input_files([file])
    page.get_by_role("button", name="Replace").click()
    details = drive.show_details("letter.txt")
    details.expect_versions(2, 1)
    details.choose(1, "Make it current again")
    details.expect_versions(3, 2, 1)
    page.get_by_role("button", name="Close the details").click()
    assert Path(drive.download("letter.txt").path()).read_bytes() == b"Dear Ada"

    drive.delete("letter.txt")
    drive.expect_only("raw", "harbour.jpg")
    drive.undo()
    drive.expect_only("raw", "harbour.jpg", "letter.txt")

    door = drive.sign_out()
    # Back to where it was left.
    door.sign_in(email).expect_only("raw", "harbour.jpg", "letter.txt")
