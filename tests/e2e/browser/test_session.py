"""A session in the browser: renewed once for all windows, and over everywhere at once."""

import re

from playwright.sync_api import Page, Route, expect

from local_stack.stack import Stack
from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage, DrivePage
from tests.e2e.browser.watch import Watch

REFRESH = "/api/v1/sessions/refresh"


def test_two_windows_renew_an_expired_session_once(open_page: OpenPage, watch: Watch) -> None:
    first, second = open_page(), open_page()
    drive = DoorPage(first).sign_up()
    second.goto("/")
    DrivePage(second).expect_open()
    # What a browser does when the access token's ten minutes are over.
    first.context.clear_cookies(name="stowage_access")

    for window in (first, second):
        window.get_by_role("link", name="Trash").click(no_wait_after=True)

    for window in (first, second):
        expect(window.get_by_text("The trash is empty")).to_be_visible()
    assert watch.count("POST", REFRESH) == 1
    first.get_by_role("link", name="Files", exact=True).click()
    drive.new_folder("Still here")


def test_signing_out_closes_the_door_in_every_window(open_page: OpenPage) -> None:
    first, second = open_page(), open_page()
    drive = DoorPage(first).sign_up()
    second.goto("/trash")

    drive.sign_out()

    DoorPage(second).expect_open()
    assert {cookie["name"] for cookie in first.context.cookies()} == set()


def test_a_deep_link_leads_where_it_should_after_signing_in(open_page: OpenPage) -> None:
    page = open_page()
    drive = DoorPage(page).sign_up("deep-link@example.com")
    drive.new_folder("Letters")
    drive.open_folder("Letters")
    address = page.url
    page.context.clear_cookies()

    page.goto(address)
    DoorPage(page).expect_open().fill("deep-link@example.com")
    page.get_by_role("button", name="Sign in").click()

    drive.expect_open("Letters")
    assert page.url == address


def test_a_wrong_password_is_said_in_the_servers_words_with_the_request_id(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/sign-in")
    DoorPage(page).fill("nobody@example.com")

    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("Request")


def test_a_session_that_expires_in_mid_upload_is_renewed_and_nobody_notices(
    page: Page, stack: Stack, watch: Watch
) -> None:
    drive = DoorPage(page).sign_up()
    storage = re.compile(re.escape(f"http://{stack.plan.processes['s3'].address}/"))
    held: list[Route] = []
    page.route(storage, lambda route: held.append(route))  # Playwright marks its handlers
    with page.expect_request(storage):
        drive.pick("letter.txt", 5000)

    # What a browser does when the access token's ten minutes are over.
    page.context.clear_cookies(name="stowage_access")
    held[0].continue_()
    page.unroute_all()

    expect(page.get_by_text("One file uploaded")).to_be_visible()
    drive.expect_only("letter.txt")
    assert watch.count("POST", REFRESH) == 1
