"""What one looks for is found while one types; what changed last comes first."""

import re

from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage, DrivePage, SearchPage
from tests.e2e.browser.test_dragging import drag
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe
from tests.e2e.browser.watch import Watch

SEARCH = "/api/v1/search"


def test_names_are_found_while_typed_and_filters_narrow(page: Page, axe: str) -> None:
    drive = DoorPage(page).sign_up()
    drive.new_folder("Holiday 2023")
    drive.pick("plan.txt", 10, "text/plain")
    expect(drive.row("plan.txt")).to_be_visible()
    drive.open_folder("Holiday 2023")
    drive.pick("holiday photo.jpg", 2_000_000, "image/jpeg")
    drive.pick("holiday plan.txt", 20, "text/plain")
    expect(drive.row("holiday photo.jpg")).to_be_visible()
    expect(drive.row("holiday plan.txt")).to_be_visible()

    search = drive.open_search().type("hol pl")
    search.expect_only("holiday plan.txt")
    assert_accessible(page, axe)
    search.type("plan").expect_only("plan.txt", "holiday plan.txt")
    page.get_by_role("button", name="Only in Holiday 2023").click()
    search.expect_only("holiday plan.txt")
    page.get_by_role("button", name="Only in Holiday 2023").click()

    search.type("holiday").narrow("Type", "Images").expect_only("holiday photo.jpg")
    search.narrow("Size", "Up to 1 MB").expect_nothing()
    assert_accessible(page, axe)
    search.narrow("Size", "Any size").narrow("Changed", "Last day").expect_only("holiday photo.jpg")

    # The address holds the search: going back to it asks the same.
    page.get_by_role("link", name="Files / Holiday 2023").click()
    drive.expect_open("Holiday 2023")
    page.go_back()
    search.expect_only("holiday photo.jpg")
    expect(page.get_by_role("searchbox")).to_have_value("holiday")


def test_typing_asks_seldom_and_an_answer_that_comes_late_does_not_count(page: Page, watch: Watch) -> None:
    drive = DoorPage(page).sign_up()
    for name in ("alpha", "alphabet"):
        drive.new_folder(name)
    held: list[Route] = []
    page.route(re.compile(rf"{SEARCH}.*q=al(&|$)"), lambda route: held.append(route))
    search = drive.open_search().type("al")
    with page.expect_request(re.compile(rf"{SEARCH}.*q=alphab")):
        search.type("alphab")

    search.expect_only("alphabet")
    for route in held:
        route.fulfill(json={"items": [], "next_cursor": None, "complete": True})
    search.expect_only("alphabet")
    assert watch.count("GET", SEARCH) < len("al" + "alphab")


def test_recent_files_come_first_from_whatever_window(open_page: OpenPage, axe: str) -> None:
    first, second = open_page(), open_page(width=360)
    here = DoorPage(first).sign_up()
    here.pick("old.txt", 10)
    expect(here.row("old.txt")).to_be_visible()
    second.goto("/")
    recent = DrivePage(second).expect_open().open_recent()
    recent.expect_only("old.txt")

    here.pick("new.txt", 10)

    recent.expect_only("new.txt", "old.txt")
    assert_accessible(second, axe)
    second.goto("/search")
    SearchPage(second).expect_open()
    assert_accessible(second, axe)


def test_what_is_found_can_be_dealt_with_where_it_is_found(page: Page, axe: str) -> None:
    drive = DoorPage(page).sign_up()
    drive.new_folder("Post")
    for name in ("letter one.txt", "letter two.txt"):
        drive.put(name, b"Dear Ada")
    search = drive.open_search().type("letter")

    menu = search.ask_for_menu("letter one.txt").expect_actions("Open", "Copy", "Move to …", "Details")
    menu.expect_none("Paste")
    assert_accessible(page, axe)
    menu.choose("Rename")
    field = page.get_by_role("textbox", name="New name of letter one.txt")
    expect(field).to_be_focused()
    assert_accessible(page, axe)
    field.fill("letter three.txt")
    page.keyboard.press("Enter")
    expect(search.row("letter three.txt")).to_be_visible()
    expect(
        search.row("letter three.txt").get_by_role("button", name="letter three.txt").first
    ).to_be_focused()

    page.keyboard.press("Delete")
    expect(page.get_by_text("“letter three.txt” is in the trash.")).to_be_visible()
    search.expect_only("letter two.txt")
    drive.undo()
    expect(search.row("letter three.txt")).to_be_visible()

    search.row("letter two.txt").get_by_role("button", name="Actions for letter two.txt").click()
    page.get_by_role("menuitem", name="Move to …").click()
    page.get_by_role("dialog").get_by_text("Post", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Move here").click()
    expect(search.row("letter two.txt")).to_contain_text("Files / Post")


def test_what_changed_last_is_dragged_into_the_tree(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    drive.new_folder("Post")
    drive.put("letter.txt", b"Dear Ada")
    recent = drive.open_recent()
    recent.expect_only("letter.txt")

    drag(
        page,
        recent.row("letter.txt"),
        page.get_by_role("tree", name="Folders").get_by_role("treeitem", name="Post"),
    )

    expect(page.get_by_text("“letter.txt” is in “Post” now.")).to_be_visible()
    expect(recent.row("letter.txt")).to_contain_text("Files / Post")
    drive.undo()
    expect(recent.row("letter.txt")).not_to_contain_text("Post")
