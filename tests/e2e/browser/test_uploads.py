"""Uploads that do not go smoothly."""

import re
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from local_stack.stack import Stack
from tests.e2e.browser.pages import DoorPage, content


def test_a_taken_name_is_asked_about_and_both_files_are_kept(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    drive.pick("notes.txt", 100)
    drive.expect_only("notes.txt")

    drive.pick("notes.txt", 200)
    page.get_by_role("button", name="Keep both").click()

    drive.expect_only("notes (2).txt", "notes.txt")


def test_a_picture_is_saved_and_not_shown_in_place_of_the_page(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    drive.pick("dot.png", 3000, "image/png")
    drive.expect_only("dot.png")

    saved = drive.download("dot.png")

    assert saved.suggested_filename == "dot.png"
    assert Path(saved.path()).read_bytes() == content(3000)
    drive.expect_open()


def test_an_empty_file_is_a_file(page: Page) -> None:
    drive = DoorPage(page).sign_up()

    drive.pick("empty.txt", 0)

    expect(drive.row("empty.txt")).to_contain_text("0 bytes")


def test_a_line_that_breaks_is_tried_again_with_another_url(page: Page, stack: Stack) -> None:
    drive = DoorPage(page).sign_up()
    addresses: list[str] = []

    def break_once(route: Route) -> None:
        addresses.append(route.request.url)
        if len(addresses) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    storage = re.escape(stack.plan.processes["s3"].address)
    page.route(re.compile(f"^http://{storage}/"), break_once)
    drive.pick("letter.txt", 5000)

    expect(page.get_by_text("One file uploaded")).to_be_visible(timeout=30_000)
    drive.expect_only("letter.txt")
    assert len(addresses) >= 2


def test_a_cancelled_upload_leaves_nothing_behind(page: Page, stack: Stack) -> None:
    drive = DoorPage(page).sign_up()
    to_storage = re.compile(f"^http://{re.escape(stack.plan.processes['s3'].address)}/")
    page.route(to_storage, lambda _: None)
    # Before that, while it is hashed, the server knows of no upload that could be ended.
    with page.expect_request(to_storage):
        drive.pick("large.bin", 5000)

    with page.expect_response(lambda it: it.request.method == "DELETE" and "/uploads/" in it.url) as ended:
        page.get_by_role("button", name="Cancel large.bin").click()

    assert ended.value.status == 200
    drive.expect_only()


def test_a_folder_comes_as_it_is_with_its_empty_folders(page: Page) -> None:
    drive = DoorPage(page).sign_up()

    drive.pick_folder("Trip", {"plan.txt": 300, "photos/harbour.jpg": 5000}, ["photos/raw", "empty"])

    expect(page.get_by_text("4 files uploaded")).to_be_visible()
    drive.expect_only("Trip")
    drive.open_folder("Trip").expect_only("empty", "photos", "plan.txt")
    drive.open_folder("photos").expect_only("raw", "harbour.jpg")
    assert Path(drive.download("harbour.jpg").path()).read_bytes() == content(5000)
    drive.open_folder("raw").expect_only()


def test_a_folder_that_is_there_takes_what_is_new_and_its_files_are_asked_about_once(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    drive.pick_folder("Trip", {"a.txt": 1, "b.txt": 2})
    expect(page.get_by_text("2 files uploaded")).to_be_visible()
    page.get_by_role("button", name="Clear the list").click()

    drive.pick_folder("Trip", {"a.txt": 10, "b.txt": 20, "c.txt": 30})
    expect(page.get_by_text("and one other are there already")).to_be_visible()
    page.get_by_role("button", name="Replace").click()

    expect(page.get_by_text("3 files uploaded")).to_be_visible()
    drive.expect_only("Trip")
    drive.open_folder("Trip").expect_only("a.txt", "b.txt", "c.txt")
    expect(drive.row("b.txt")).to_contain_text("20 bytes")


def test_a_paused_upload_waits_until_it_is_told_to_go_on(page: Page, stack: Stack) -> None:
    drive = DoorPage(page).sign_up()
    to_storage = re.compile(f"^http://{re.escape(stack.plan.processes['s3'].address)}/")
    page.route(to_storage, lambda _: None)
    with page.expect_request(to_storage):
        drive.pick("large.bin", 5000)

    page.get_by_role("button", name="Pause large.bin").click()
    expect(page.get_by_text("One upload is paused")).to_be_visible()
    page.unroute(to_storage)
    page.get_by_role("button", name="Resume large.bin").click()

    expect(page.get_by_text("One file uploaded")).to_be_visible()
    drive.expect_only("large.bin")


def test_what_is_pasted_is_uploaded(page: Page) -> None:
    drive = DoorPage(page).sign_up()

    drive.paste("picture.png", 2000)

    drive.expect_only("picture.png")
    assert Path(drive.download("picture.png").path()).read_bytes() == content(2000)


def test_what_the_drive_holds_already_is_there_at_once(page: Page, stack: Stack) -> None:
    drive = DoorPage(page).sign_up()
    drive.pick("letter.txt", 5000)
    expect(page.get_by_text("One file uploaded")).to_be_visible()
    sent: list[str] = []
    to_storage = f"http://{stack.plan.processes['s3'].address}/"
    page.on("request", lambda it: sent.append(it.url) if it.url.startswith(to_storage) else None)

    drive.pick("letter again.txt", 5000)

    expect(page.get_by_text("already in your drive")).to_be_visible()
    drive.expect_only("letter again.txt", "letter.txt")
    assert sent == []
    assert Path(drive.download("letter again.txt").path()).read_bytes() == content(5000)


def test_a_large_file_that_the_drive_holds_stops_being_sent(page: Page, stack: Stack) -> None:
    drive = DoorPage(page).sign_up()
    drive.pick("film.mkv", 20_000_000)
    expect(page.get_by_text("One file uploaded")).to_be_visible()
    # A line on which it would never arrive.
    page.route(
        re.compile(f"^http://{re.escape(stack.plan.processes['s3'].address)}/.*partNumber"), lambda _: None
    )

    drive.pick("film again.mkv", 20_000_000)

    expect(page.get_by_text("already in your drive")).to_be_visible()
    page.unroute_all()
    drive.expect_only("film again.mkv", "film.mkv")
    assert Path(drive.download("film again.mkv").path()).read_bytes() == content(20_000_000)
