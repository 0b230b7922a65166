"""The pictures in docs/screenshots, from the running system: `make screenshots`. No test; pytest runs it when named."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.e2e.browser import pictures
from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import PASSWORD, DoorPage, DrivePage
from tests.e2e.browser.watch import Watch

PICTURES = Path(__file__).parents[3] / "docs" / "screenshots"
FOLDERS = ("Contracts", "Drawings", "Photos", "Summer school")
FILES = {
    "Analytical engine.pdf": 2_480_000,
    "Bernoulli numbers.csv": 48_300,
    "number forty.flac": 6_310_000,
    "workshop backup.tar.gz": 7_840_000,
}


_LISTS = re.compile(r"/api/v1/(folders/\w+/entries|recent|search)")


@pytest.mark.parametrize(
    ("name", "width", "dark"),
    [("light", 1280, False), ("dark", 1280, True), ("phone", 360, False), ("phone-dark", 360, True)],
)
def test_take(open_page: OpenPage, watch: Watch, name: str, width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    # So that the rows say when, and not "now".
    page.clock.set_system_time(datetime.now() + timedelta(hours=1))  # noqa: DTZ005  # the page's own zone
    page.route(_LISTS, _as_over_weeks)
    page.goto("/sign-in")
    DoorPage(page).expect_open()
    _take(page, "door", name)
    drive = DoorPage(page).sign_up(f"ada@{name}.example")
    drive.expect_only()
    _take(page, "empty", name)
    _furnish(page, drive)
    _look_at_files(page, drive, name)
    _look_at_a_grid(page, drive, name)
    _visit_the_other_pages(page, drive, name)

    page.goto("/files")
    _hold_back_the_second_part(page, watch)
    drive.pick("Lecture, recorded.mkv", 24 * 2**20)
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(".upload--sending .upload__words")).to_contain_text("67%")
    _take(page, "files", name)


def _as_over_weeks(route: Route) -> None:
    """What was all made within a minute looks as if it had come in the course of some weeks."""
    answer = route.fetch()
    body = answer.json()
    is_by_time = "/recent" in route.request.url
    for at, node in enumerate(body.get("items", [])):
        # The lecture is shown with its details, which are as they are.
        by_name = 0 if node["name"].startswith("Lecture") else sum(node["name"].encode()) % 40
        days = at * 2 if is_by_time else by_name
        earlier = timedelta(days=days, minutes=days * 37)
        node["updated_at"] = (datetime.fromisoformat(node["updated_at"]) - earlier).isoformat()
    route.fulfill(response=answer, json=body)


def _take(page: Page, view: str, name: str) -> None:
    page.mouse.move(0, 0)
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{view}-{name}.png", animations="disabled")


def _furnish(page: Page, drive: DrivePage) -> None:
    for folder in FOLDERS:
        drive.new_folder(folder)
    for file, size in FILES.items():
        drive.pick(file, size)
    expect(page.get_by_text(f"{len(FILES)} files uploaded")).to_be_visible()
    drive.put("berths.py", pictures.CODE, "text/x-python")
    drive.put("harbour at dusk.png", pictures.dusk(), "image/png")
    drive.put("Lecture, first draft.md", pictures.LECTURE, "text/markdown")
    _write_again(page, "Lecture, first draft.md", pictures.LECTURE + b"\nTo be read aloud in **May**.\n")
    page.get_by_role("button", name="Clear the list").click()
    expect(page.get_by_text("used")).not_to_contain_text("0 bytes")


def _write_again(page: Page, name: str, written: bytes) -> None:
    file: FilePayload = {"name": name, "mimeType": "text/markdown", "buffer": written}
    page.get_by_label("Files to upload").set_input_files([file])
    page.get_by_role("button", name="Replace").click()
    expect(page.get_by_text(f"{len(FILES) + 4} files uploaded")).to_be_visible()


def _look_at_files(page: Page, drive: DrivePage, name: str) -> None:
    preview = drive.look_at("berths.py")
    expect(preview.body.locator(".hljs-keyword").first).to_be_visible()
    _take(page, "code", name)
    preview.close()
    preview = drive.look_at("harbour at dusk.png")
    picture = preview.body.get_by_role("img", name="harbour at dusk.png")
    picture.evaluate("it => it.decode()")
    _take(page, "picture", name)
    preview.close()
    drive.show_details("Lecture, first draft.md").expect_versions(2, 1)
    _take(page, "details", name)
    page.get_by_role("button", name="Close the details").click()


def _look_at_a_grid(page: Page, drive: DrivePage, name: str) -> None:
    photos = drive.open_folder("Photos")
    for folder in ("Bridges", "Sea voyages"):
        photos.new_folder(folder)
    for file, written in (
        ("at dawn", pictures.dawn()),
        ("at dusk", pictures.dusk()),
        ("by night", pictures.night()),
    ):
        photos.put(f"Harbour {file}.png", written, "image/png")
    photos.put("Captions.md", b"# Captions\n", "text/markdown")
    page.get_by_role("button", name="Clear the list").click()
    page.get_by_role("button", name="Show as a grid").click()
    expect(page.locator(".node img")).to_have_count(3)
    for picture in page.locator(".node img").all():
        picture.evaluate("it => it.decode()")
    _take(page, "grid", name)
    page.get_by_role("button", name="Show as a list").click()
    drive.go_up()


def _visit_the_other_pages(page: Page, drive: DrivePage, name: str) -> None:
    search = drive.open_search().type("har")
    expect(search.list.get_by_role("listitem")).to_have_count(4)
    _take(page, "search", name)
    page.goto("/recent")
    expect(page.locator(".found .name").first).to_be_visible()
    _take(page, "recent", name)
    page.goto("/files")
    drive.expect_open()
    drive.delete("workshop backup.tar.gz")
    drive.delete("Drawings")
    drive.delete("number forty.flac")
    drive.open_trash()
    expect(page.get_by_role("button", name="Restore Drawings")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    _take(page, "trash", name)
    _sign_in_elsewhere(page, f"ada@{name}.example")
    page.goto("/account")
    expect(page.get_by_role("list", name="Signed-in devices").get_by_role("listitem")).to_have_count(3)
    expect(page.get_by_text("This device")).to_be_visible()
    _take(page, "account", name)


def _sign_in_elsewhere(page: Page, email: str) -> None:
    origin = page.evaluate("location.origin")
    for device in ("Telephone in the study", "The workshop's computer"):
        said = {"email": email, "password": PASSWORD, "device": device}
        httpx.post(f"{origin}/api/v1/sessions", json=said).raise_for_status()


def _hold_back_the_second_part(page: Page, watch: Watch) -> None:
    def wait(route: Route) -> None:
        if "partNumber=2" not in route.request.url:
            route.continue_()

    [storage] = [origin for origin in watch.origins if "127.0.0.1" in origin]
    page.route(f"{storage}/**", wait)
