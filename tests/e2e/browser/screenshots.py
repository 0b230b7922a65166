"""The pictures in docs/screenshots, from the running system: `make screenshots`. No test; pytest runs it when named."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage, DrivePage
from tests.e2e.browser.watch import Watch

PICTURES = Path(__file__).parents[3] / "docs" / "screenshots"
FOLDERS = ("Contracts", "Drawings", "Photos", "Summer school")
FILES = {
    "Analytical engine.pdf": 2_480_000,
    "Bernoulli numbers.csv": 48_300,
    "harbour at dusk.jpg": 3_120_000,
    "Lecture, first draft.md": 18_900,
    "number forty.flac": 6_310_000,
    "workshop backup.tar.gz": 7_840_000,
}


@pytest.mark.parametrize(
    ("name", "width", "dark"), [("light", 1280, False), ("dark", 1280, True), ("phone", 360, False)]
)
def test_take(open_page: OpenPage, watch: Watch, name: str, width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    # So that the rows say when, and not "now".
    page.clock.set_system_time(datetime.now() + timedelta(hours=1))  # noqa: DTZ005  # the page's own zone
    drive = DoorPage(page).sign_up(f"ada.{name}@example.com")
    _furnish(page, drive)
    _hold_back_the_second_part(page, watch)
    drive.pick("Lecture, recorded.mkv", 24 * 2**20)
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(".upload--sending .upload__words")).to_contain_text("67%")

    page.mouse.move(0, 0)
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"files-{name}.png", animations="disabled")


def _furnish(page: Page, drive: DrivePage) -> None:
    for folder in FOLDERS:
        drive.new_folder(folder)
    for file, size in FILES.items():
        drive.pick(file, size)
    expect(page.get_by_text(f"{len(FILES)} files uploaded")).to_be_visible()
    page.get_by_role("button", name="Clear the list").click()
    expect(page.get_by_text("used")).not_to_contain_text("0 bytes")


def _hold_back_the_second_part(page: Page, watch: Watch) -> None:
    def wait(route: Route) -> None:
        if "partNumber=2" not in route.request.url:
            route.continue_()

    [storage] = [origin for origin in watch.origins if "127.0.0.1" in origin]
    page.route(f"{storage}/**", wait)
