"""Uploads that outlive the line, the page and the session, and a storage that cannot be reached."""

import re
import uuid
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from local_stack.stack import Stack
from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage, DrivePage, content

# Eight parts.
SIZE = 60_000_000


@pytest.fixture
def storage(stack: Stack) -> re.Pattern[str]:
    return re.compile(f"^http://{re.escape(stack.plan.processes['s3'].address)}/")


class Line:
    """The line of a page to storage: as many parts go over it as are let through, the others wait."""

    def __init__(self, page: Page, storage: re.Pattern[str]) -> None:
        self.sent: list[int] = []
        self._allowed = 0
        self._held: list[Route] = []
        self._session = page.context.new_cdp_session(page)
        page.route(storage, lambda route: self._note(route))

    def let_through(self, parts: int) -> None:
        self._allowed += parts
        waiting, self._held = self._held, []
        for route in waiting:
            self._pass(route)

    def cut(self) -> None:
        self._set(offline=True)
        waiting, self._held = self._held, []
        for route in waiting:
            route.abort("internetdisconnected")

    def mend(self) -> None:
        self._set(offline=False)

    def leave(self) -> None:
        """The page is gone, and with it what it waited for."""
        self._held, self.sent = [], []

    def _set(self, *, offline: bool) -> None:
        unlimited = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self._session.send("Network.emulateNetworkConditions", {"offline": offline, **unlimited})

    def _note(self, route: Route) -> None:
        if route.request.method == "PUT":
            numbers = parse_qs(urlsplit(route.request.url).query)["partNumber"]
            self.sent += [int(number) for number in numbers]
            self._pass(route)
        else:
            route.continue_()

    def _pass(self, route: Route) -> None:
        if self._allowed:
            self._allowed -= 1
            route.continue_()
        else:
            self._held.append(route)


def arrived(page: Page) -> set[int]:
    """The parts that the server knows of, of the one upload that is open."""
    uploads = page.request.get("/api/v1/uploads").json()["items"]
    if not uploads:
        return set()
    upload = page.request.get(f"/api/v1/uploads/{uploads[0]['id']}?parts=1").json()
    return {part["number"] for part in upload["parts"] if part["reported"]}


def wait_for_parts(page: Page, count: int) -> None:
    for _ in range(600):
        if len(arrived(page)) >= count:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"Never have {count} parts arrived: {page.locator('.panel').all_inner_texts()}")


def test_a_line_that_is_cut_twice_and_a_page_that_is_left_cost_only_what_was_on_its_way(
    page: Page, storage: re.Pattern[str]
) -> None:
    drive = DoorPage(page).sign_up()
    line = Line(page, storage)
    warnings: list[str] = []

    def leave(dialog: Dialog) -> None:
        warnings.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)

    drive.pick_from_disk("film.mkv", SIZE)
    for further, count in ((1, 1), (2, 3)):
        line.let_through(further)
        wait_for_parts(page, count)
        line.cut()
        expect(page.get_by_text("Waiting for the connection")).to_be_visible()
        line.mend()
    line.let_through(1)
    wait_for_parts(page, 4)
    page.reload()
    assert warnings == ["beforeunload"]
    line.leave()
    before = arrived(page)
    line.let_through(8)

    expect(page.get_by_text("One upload was interrupted")).to_be_visible()
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_text("One file uploaded")).to_be_visible(timeout=60_000)
    assert set(line.sent) == set(range(1, 9)) - before
    drive.expect_only("film.mkv")
    assert Path(drive.download("film.mkv").path()).read_bytes() == content(SIZE)


def test_a_file_that_the_browser_cannot_open_again_is_asked_for(
    page: Page, storage: re.Pattern[str], tmp_path: Path
) -> None:
    file = tmp_path / "large.bin"
    file.write_bytes(content(9 * 2**20))
    drive = DoorPage(page).sign_up()
    page.route(re.compile(storage.pattern + ".*partNumber=2"), lambda _: None)
    page.get_by_label("Files to upload").set_input_files(file)
    wait_for_parts(page, 1)

    page.reload()
    # Not before: it would let go of what it holds.
    page.unroute_all()
    expect(page.get_by_text("Choose the same again")).to_be_visible()
    with page.expect_request(storage) as sent:
        page.get_by_label("Interrupted files").set_input_files(file)

    assert "partNumber=2" in sent.value.url
    expect(page.get_by_text("One file uploaded")).to_be_visible()
    assert Path(drive.download("large.bin").path()).read_bytes() == file.read_bytes()


def test_another_window_offers_nothing_as_long_as_the_first_is_sending(
    open_page: OpenPage, storage: re.Pattern[str]
) -> None:
    first, second = open_page(), open_page()
    drive = DoorPage(first).sign_up()
    first.route(storage, lambda _: None)
    with first.expect_request(storage):
        drive.pick_from_disk("letter.txt", 5000)

    second.goto("/")
    other = DrivePage(second).expect_open()
    other.expect_only()
    expect(second.get_by_text("One upload was interrupted")).to_be_hidden()
    first.close()

    second.get_by_role("button", name="Go on").click()
    other.expect_only("letter.txt")


def test_an_upload_waits_for_its_owner_to_sign_in_again(page: Page, storage: re.Pattern[str]) -> None:
    email = f"{uuid.uuid4().hex}@example.com"
    drive = DoorPage(page).sign_up(email)
    held: list[Route] = []
    page.route(storage, lambda route: held.append(route))  # Playwright marks its handlers
    with page.expect_request(storage):
        drive.pick("letter.txt", 5000)

    page.context.clear_cookies()
    held[0].abort()
    door = DoorPage(page).expect_open()
    page.unroute_all()
    door.sign_in(email)

    expect(page.get_by_text("One file uploaded")).to_be_visible()
    drive.expect_only("letter.txt")


def test_where_storage_cannot_be_reached_the_server_passes_the_parts_on(
    page: Page, storage: re.Pattern[str]
) -> None:
    drive = DoorPage(page).sign_up()
    page.route(storage, lambda route: route.abort("connectionrefused"))
    with page.expect_request(lambda it: it.method == "PUT" and it.url.endswith("/parts/1")):
        drive.pick("letter.txt", 5000)

    expect(page.get_by_text("One file uploaded")).to_be_visible()
    page.unroute_all()
    drive.expect_only("letter.txt")
    assert Path(drive.download("letter.txt").path()).read_bytes() == content(5000)
