"""What happens elsewhere is seen here: soon, in place, and by one stream however many windows there are."""

import re

from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage, DrivePage
from tests.e2e.browser.test_session import REFRESH
from tests.e2e.browser.watch import Watch

STREAM = "/api/v1/changes/stream"
_EXPIRED = 'retry: 2000\n\nevent: problem\ndata: {"code":"unauthenticated","status":401}\n\n'


def test_windows_see_each_others_changes_by_one_stream(open_page: OpenPage, watch: Watch) -> None:
    first, second = open_page(), open_page()
    here = DoorPage(first).sign_up()
    second.goto("/")
    there = DrivePage(second).expect_open()

    here.new_folder("Films")
    expect(there.row("Films")).to_be_visible()
    there.pick("letter.txt", 10)
    expect(here.row("letter.txt")).to_be_visible()
    here.delete("Films")
    there.expect_only("letter.txt")
    assert watch.count("GET", STREAM) == 1

    # The window that listens goes: the other one takes over, and misses nothing.
    first.close()
    third = open_page()
    third.goto("/")
    elsewhere = DrivePage(third).expect_open()
    elsewhere.new_folder("Later")
    expect(there.row("Later")).to_be_visible()
    there.rename("Later", "Sooner")
    expect(elsewhere.row("Sooner")).to_be_visible()
    assert watch.count("GET", STREAM) == 2


def test_a_folder_that_goes_elsewhere_and_a_way_that_changes_are_told(open_page: OpenPage) -> None:
    first, second = open_page(), open_page()
    here = DoorPage(first).sign_up()
    here.new_folder("Films")
    second.goto("/")
    there = DrivePage(second).expect_open().open_folder("Films")

    here.rename("Films", "Movies")
    there.expect_open("Movies")
    here.delete("Movies")

    expect(second.get_by_role("alert")).to_contain_text("This is not here")


def test_nothing_moves_under_the_pointer(open_page: OpenPage) -> None:
    first, second = open_page(), open_page()
    here = DoorPage(first).sign_up()
    for name in ("b", "c", "d"):
        here.new_folder(name)
    second.goto("/")
    there = DrivePage(second).expect_open()
    expect(there.row("d")).to_be_visible()
    there.row("c").hover()
    before = _top(there, "c")

    here.new_folder("a")
    expect(there.row("a")).to_be_attached()
    assert _top(there, "c") == before
    here.delete("a")
    here.delete("b")
    there.expect_only("c", "d")
    assert _top(there, "c") == before

    second.mouse.move(0, 0)
    expect(there.row("c")).to_be_visible()
    second.wait_for_function(
        "before => document.querySelector('main li').getBoundingClientRect().top < before", arg=before
    )


def test_a_stream_that_ends_with_its_token_is_renewed_and_gone_on_with(
    page: Page, watch: Watch, open_page: OpenPage
) -> None:
    def expire(route: Route) -> None:
        page.context.clear_cookies(name="stowage_access")
        route.fulfill(content_type="text/event-stream", body=_EXPIRED)

    page.route(re.compile(re.escape(STREAM)), expire, times=1)
    here = DoorPage(page).sign_up()
    other = open_page()
    other.goto("/")
    DrivePage(other).expect_open().new_folder("Films")

    expect(here.row("Films")).to_be_visible()
    assert watch.count("POST", REFRESH) == 1


def _top(drive: DrivePage, name: str) -> float:
    box = drive.row(name).bounding_box()
    assert box
    return box["y"]
