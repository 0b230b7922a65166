"""Many small files at once: they go in forms through the server, and whatever happens each is there once."""

from pathlib import Path

from playwright.sync_api import Dialog, Page, Request, Route, expect

from tests.e2e.browser.pages import DoorPage, content

FORM = "**/api/v1/files:batch"


def test_they_go_in_forms_and_arrive_as_they_are(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    asked: list[str] = []
    page.on("request", lambda request: _note(request, asked))

    drive.pick_folder("Trip", {**{f"{n}.txt": 1000 + n for n in range(129)}, "0 empty.txt": 0})

    expect(page.get_by_text("130 files uploaded")).to_be_visible()
    forms = [each for each in asked if each.endswith("/files:batch")]
    assert 2 <= len(forms) <= 4, asked
    assert len(asked) <= len(forms) + 2, "files went by themselves"
    drive.open_folder("Trip")
    assert Path(drive.download("1.txt").path()).read_bytes() == content(1001)
    expect(drive.row("0 empty.txt")).to_contain_text("0 bytes")


def _note(request: Request, asked: list[str]) -> None:
    if request.method in ("POST", "PUT") and "/folders" not in request.url:
        asked.append(request.url)


def test_after_a_lost_answer_and_a_reload_nothing_is_asked_and_nothing_is_there_twice(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    arrived: list[int] = []

    def lose_the_answer(route: Route) -> None:
        arrived.append(route.fetch().status)

    page.route(FORM, lose_the_answer)
    page.on("dialog", Dialog.accept)
    drive.pick_folder("Trip", {"a.txt": 10, "b.txt": 20, "c.txt": 30})
    while not arrived:
        page.wait_for_timeout(50)

    page.unroute(FORM)
    page.reload()
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_text("3 files uploaded")).to_be_visible()
    assert arrived == [200]
    drive.open_folder("Trip").expect_only("a.txt", "b.txt", "c.txt")
    drive.row("c.txt").get_by_text("30 bytes").wait_for()


def test_a_line_that_breaks_is_tried_again_and_each_file_is_there_once(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    answers: list[int] = []

    def break_once(route: Route) -> None:
        if answers:
            route.continue_()
        else:
            answers.append(route.fetch().status)
            route.abort("connectionreset")

    page.route(FORM, break_once)
    drive.pick_folder("Trip", {"a.txt": 10, "b.txt": 20})

    expect(page.get_by_text("2 files uploaded")).to_be_visible()
    drive.open_folder("Trip").expect_only("a.txt", "b.txt")


def test_those_that_are_paused_go_on_and_the_cancelled_one_does_not(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    page.route(FORM, lambda _: None)
    with page.expect_request(FORM):
        drive.pick_folder("Trip", {"a.txt": 10, "b.txt": 20, "c.txt": 30})
    page.get_by_role("button", name="Pause all").click()
    expect(page.get_by_text("3 uploads are paused")).to_be_visible()

    page.get_by_role("button", name="Cancel b.txt").click()
    page.unroute(FORM)
    page.get_by_role("button", name="Resume all").click()

    expect(page.get_by_text("2 files uploaded")).to_be_visible()
    drive.open_folder("Trip").expect_only("a.txt", "c.txt")
