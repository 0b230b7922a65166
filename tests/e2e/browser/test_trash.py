"""The trash is emptied, piece by piece or as a whole, and what takes up room is told."""

from playwright.sync_api import Page, expect

from tests.e2e.browser.pages import DoorPage, DrivePage, TrashPage
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe

JOBS = "**/api/v1/jobs/*"


def test_what_is_in_the_trash_is_deleted_for_ever(page: Page, axe: str) -> None:
    trash = _fill_trash(page)
    storage = page.get_by_role("region", name="Storage")
    expect(storage).to_contain_text("4 MB used")
    expect(storage).to_contain_text("Trash")
    assert_accessible(page, axe)

    page.get_by_role("button", name="Delete b.bin for ever").click()
    assert_accessible(page, axe)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    trash.delete_for_ever("b.bin")
    expect(storage).to_contain_text("3 MB used")

    trash.empty()
    expect(storage).to_contain_text("0 bytes used")
    expect(storage).not_to_contain_text("Trash")


def test_emptying_goes_on_when_the_page_is_loaded_anew_and_tells_how_far_it_is(page: Page, axe: str) -> None:
    _fill_trash(page)
    ended = False

    def told(state: str, done: int) -> dict[str, object]:
        return {
            "id": "1" * 32,
            "kind": "empty_trash",
            "state": state,
            "done": done,
            "total": 3000,
            "created_at": "2026-01-01T10:00:00Z",
            "ended_at": None,
            "cancelling": False,
            "error": None,
            "node_id": None,
        }

    page.route(JOBS, lambda route: route.fulfill(json=told("done" if ended else "running", 1200)))
    page.route(
        "**/api/v1/jobs?*",
        lambda route: route.fulfill(json={"items": [told("running", 100)], "next_cursor": None}),
    )

    page.reload()
    expect(page.get_by_text("1,200 of 3,000 deleted")).to_be_visible()
    expect(page.get_by_role("button", name="Empty the trash")).to_be_disabled()
    assert_accessible(page, axe)
    ended = True

    expect(page.get_by_text("1,200 of 3,000 deleted")).to_be_hidden()
    expect(page.get_by_role("button", name="Empty the trash")).to_be_enabled()


def _fill_trash(page: Page) -> TrashPage:
    drive: DrivePage = DoorPage(page).sign_up()
    for name, size in (("a.bin", 3_000_000), ("b.bin", 1_000_000)):
        drive.pick(name, size)
        expect(drive.row(name)).to_be_visible()
        drive.delete(name)
    return drive.open_trash()


def test_several_are_restored_at_once_and_that_is_taken_back(page: Page, axe: str) -> None:
    drive = DoorPage(page).sign_up()
    for name in ("a", "b", "c"):
        drive.new_folder(name)
    page.keyboard.press("Control+a")
    page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    drive.expect_only()
    trash = drive.open_trash()
    page.get_by_role("checkbox", name="Select c").check()
    bar = page.get_by_role("toolbar", name="What is selected")
    bar.get_by_role("button", name="Select all").click()
    expect(bar).to_contain_text("3 selected")
    assert_accessible(page, axe)
    page.get_by_role("checkbox", name="Select b").uncheck()

    bar.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Restored 2 items.")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(1)
    trash.open_files().expect_only("a", "c")
    drive.undo()
    drive.expect_only()
