"""Every page for everybody: by axe's rules, in light and dark, on a phone, by keyboard, and without a server."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage

FRONTEND = Path(__file__).parents[3] / "frontend"
NO_LONGER_THAN_THE_WINDOW = "document.documentElement.scrollWidth <= window.innerWidth"


@pytest.fixture(scope="module")
def axe() -> str:
    subprocess.run([FRONTEND / "install.sh"], check=True, capture_output=True)
    return (FRONTEND / "node_modules" / "axe-core" / "axe.min.js").read_text()


def assert_accessible(page: Page, axe: str) -> None:
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run(document)).violations")
    grave = [
        f"{it['id']}: {it['help']}: {[node['html'] for node in it['nodes']]}"
        for it in found
        if it["impact"] in ("serious", "critical")
    ]
    assert not grave, f"{page.url}: {grave}"
    assert page.evaluate(NO_LONGER_THAN_THE_WINDOW), f"{page.url} scrolls sideways"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (360, False)])
def test_every_page_can_be_used_by_everybody(open_page: OpenPage, axe: str, width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    for path in ("/sign-in", "/nothing/here"):
        page.goto(path)
        expect(page.get_by_role("heading").first).to_be_attached()
        assert_accessible(page, axe)

    drive = DoorPage(page).sign_up()
    drive.expect_only()
    assert_accessible(page, axe)

    drive.new_folder("Films")
    drive.pick("A name that is much longer than any phone is wide, and then some.txt", 100)
    expect(page.get_by_text("One file uploaded")).to_be_visible()
    assert_accessible(page, axe)

    drive.pick("A name that is much longer than any phone is wide, and then some.txt", 100)
    expect(page.get_by_role("button", name="Keep both")).to_be_visible()
    assert_accessible(page, axe)
    page.get_by_role("button", name="Skip").click()
    page.get_by_role("button", name="Clear the list").click()
    drive.choose("Films", "Rename")
    expect(drive.name_field("Films")).to_be_focused()
    assert_accessible(page, axe)
    page.keyboard.press("Escape")

    preview = drive.look_at("A name that is much longer than any phone is wide, and then some.txt")
    assert_accessible(page, axe)
    preview.close()

    drive.delete("Films")
    assert_accessible(page, axe)
    drive.open_account().measure("seven red bicycles on a hill")
    assert_accessible(page, axe)
    page.get_by_role("link", name="Stowage, to your files").click()
    drive.open_trash()
    expect(page.get_by_role("button", name="Restore Films")).to_be_visible()
    expect(page.get_by_text("was in Files · deleted")).to_be_visible()
    assert_accessible(page, axe)


def test_a_keyboard_is_enough(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    for name in ("a", "b"):
        page.get_by_role("button", name="New folder").press("Enter")
        expect(page.get_by_role("textbox", name="Name")).to_be_focused()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(drive.row(name)).to_be_visible()
        expect(page.get_by_role("dialog")).to_be_hidden()

    page.get_by_role("link", name="a", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="b", exact=True)).to_be_focused()
    page.keyboard.press("F2")
    expect(drive.name_field("b")).to_be_focused()
    page.keyboard.type("c")
    page.keyboard.press("Enter")
    drive.expect_only("a", "c")
    expect(page.get_by_role("link", name="c", exact=True)).to_be_focused()

    page.get_by_role("link", name="a", exact=True).focus()
    page.keyboard.press("Delete")
    drive.expect_only("c")
    expect(page.get_by_role("link", name="c", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    drive.expect_open("c")
    page.go_back()
    drive.expect_open()


def test_without_a_server_the_page_says_so_and_goes_on_when_it_is_back(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    drive.new_folder("Films")
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()

    page.get_by_role("link", name="Films").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()

    drive.expect_only()
    expect(page.get_by_text("You are offline.")).to_be_hidden()


def test_a_folder_that_is_gone_is_told_of_with_the_request_id(page: Page) -> None:
    DoorPage(page).sign_up()

    page.goto(f"/files/{'0' * 32}")

    expect(page.get_by_role("alert")).to_contain_text(re.compile("Request [0-9a-f]+"))
