"""Whoever goes back finds a folder as it was left; all of a long one can be selected."""

import json

from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.pages import DoorPage, DrivePage

_COUNT = 2500


def _fill(page: Page) -> DrivePage:
    """A root of very many folders, all of which are one empty folder."""
    drive = DoorPage(page).sign_up()
    drive.new_folder("empty")
    link = page.get_by_role("link", name="empty").get_attribute("href")
    assert link
    real = link.removeprefix("/files/")

    def answer(route: Route) -> None:
        query = dict(pair.split("=") for pair in route.request.url.split("?")[1].split("&"))
        start = int(query.get("cursor", 0))
        stop = min(start + int(query["limit"]), _COUNT)
        items = [_folder(real, at) for at in range(start, stop)]
        cursor = str(stop) if stop < _COUNT else None
        route.fulfill(
            body=json.dumps({"items": items, "next_cursor": cursor}), content_type="application/json"
        )

    page.route("**/folders/root/entries*", answer)
    page.reload()
    expect(drive.row("Folder 0")).to_be_visible()
    return drive


def _folder(real: str, at: int) -> dict[str, object]:
    when = "2026-01-01T10:00:00Z"
    return {
        "kind": "folder",
        "id": real if at == 1200 else f"{at:032x}",
        "drive_id": "0" * 32,
        "parent_id": "0" * 32,
        "name": f"Folder {at}",
        "revision": 1,
        "seq": 1,
        "created_at": when,
        "updated_at": when,
    }


def test_going_back_shows_the_same_rows_at_the_same_height_and_going_on_begins_at_the_top(page: Page) -> None:
    drive = _fill(page)
    link = page.get_by_role("link", name="Folder 1200", exact=True)
    while not link.is_visible():
        page.evaluate("at => scrollTo(0, Math.min(at, document.documentElement.scrollHeight))", 1200 * 54)
        page.wait_for_timeout(50)
    before = page.evaluate("scrollY")
    page.get_by_role("link", name="Folder 1200", exact=True).click()
    drive.expect_open("empty")
    drive.expect_only()
    assert page.evaluate("scrollY") == 0

    page.go_back()
    expect(link).to_be_in_viewport()
    assert abs(page.evaluate("scrollY") - before) < 60
    page.go_forward()
    drive.expect_only()


def test_all_of_a_long_folder_are_selected_beyond_what_was_loaded(page: Page) -> None:
    _fill(page)
    bar = page.get_by_role("toolbar", name="What is selected")

    page.keyboard.press("Control+a")

    expect(bar).to_contain_text("2,500 selected")
    expect(bar).not_to_contain_text("so far")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
