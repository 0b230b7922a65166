"""The pictures in docs/screenshots, from the running system: `make screenshots`. No test; pytest runs it when named."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser import pictures
from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage, DrivePage
from tests.e2e.browser.watch import Watch

PICTURES = Path(__file__).parents[3] / "docs" / "screenshots"
FOLDERS = ("Contracts", "Drawings", "Photos", "Summer school")
FILES = {
    "Analytical engine.pdf": 2_480_000,
    "Bernoulli numbers.csv": 48_300,
    "number forty.flac": 6_310_000,
    "workshop backup.tar.gz": 7_840_000,
}


@pytest.mark.parametrize(
    ("name", "width", "dark"),
    [("light", 1280, False), ("dark", 1280, True), ("phone", 360, False), ("phone-dark", 360, True)],
)
def test_take(open_page: OpenPage, watch: Watch, name: str, width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    # So that the rows say when, and not "now".
    page.clock.set_system_time(datetime.now() + timedelta(hours=1))  # noqa: DTZ005  # the page's own zone
    page.goto("/sign-in")
    DoorPage(page).expect_open()
    _take(page, "door", name)
    drive = DoorPage(page).sign_up(f"ada.{name}@example.com")
    drive.expect_only()
    _take(page, "empty", name)
    _furnish(page, drive)
    _look_at_files(page, drive, name)
    _visit_the_other_pages(page, drive, name)

    page.goto("/files")
    _hold_back_the_second_part(page, watch)
    drive.pick("Lecture, recorded.mkv", 24 * 2**20)
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(".upload--sending .upload__words")).to_contain_text("67%")
    _take(page, "files", name)


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
    page.get_by_role("button", name="Clear the list").click()
    expect(page.get_by_text("used")).not_to_contain_text("0 bytes")


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
    drive.show_details("Lecture, first draft.md").expect_versions(1)
    _take(page, "details", name)
    page.get_by_role("button", name="Close the details").click()


def _visit_the_other_pages(page: Page, drive: DrivePage, name: str) -> None:
    drive.open_search().type("le").expect_only("Lecture, first draft.md")
    _take(page, "search", name)
    page.goto("/recent")
    expect(page.locator(".found__name").first).to_be_visible()
    _take(page, "recent", name)
    page.goto("/files")
    drive.expect_open()
    drive.delete("workshop backup.tar.gz")
    drive.delete("Drawings")
    drive.open_trash()
    expect(page.get_by_role("button", name="Restore Drawings")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    _take(page, "trash", name)
    page.goto("/account")
    expect(page.get_by_role("list", name="Signed-in devices")).to_be_visible()
    expect(page.get_by_text("This device")).to_be_visible()
    _take(page, "account", name)


def _hold_back_the_second_part(page: Page, watch: Watch) -> None:
    def wait(route: Route) -> None:
        if "partNumber=2" not in route.request.url:
            route.continue_()

    [storage] = [origin for origin in watch.origins if "127.0.0.1" in origin]
    page.route(f"{storage}/**", wait)
