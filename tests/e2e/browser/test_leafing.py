"""From one preview to the next: by button, by key, by finger."""

from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe


def test_who_looks_at_one_file_leafs_through_the_others(page: Page, axe: str) -> None:
    drive = DoorPage(page).sign_up()
    drive.new_folder("a folder")
    for name in ("a.txt", "b.txt", "c.txt"):
        drive.put(name, f"this is {name}".encode())
    preview = drive.look_at("a.txt")
    expect(page.get_by_role("button", name="Previous file")).to_be_disabled()

    page.get_by_role("button", name="Next file").click()
    expect(page.get_by_role("region", name="b.txt")).to_have_text("this is b.txt")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("region", name="c.txt")).to_have_text("this is c.txt")
    expect(page.get_by_role("button", name="Next file")).to_be_disabled()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("region", name="b.txt")).to_have_text("this is b.txt")
    assert_accessible(page, axe)

    page.go_back()
    expect(preview.body).to_be_hidden()
    drive.expect_only("a folder", "a.txt", "b.txt", "c.txt")


def test_a_finger_leafs_too(open_page: OpenPage) -> None:
    page = open_page(width=360)
    drive = DoorPage(page).sign_up()
    for name in ("a.txt", "b.txt"):
        drive.put(name, f"this is {name}".encode())
    drive.look_at("a.txt")

    _swipe(page, 300, 40)

    expect(page.get_by_role("region", name="b.txt")).to_have_text("this is b.txt")


def _swipe(page: Page, start: int, end: int) -> None:
    page.evaluate(
        """([start, end]) => {
          const target = document.querySelector('.preview')
          const at = (x) => new Touch({ identifier: 1, target, clientX: x, clientY: 300 })
          const tell = (type, touches, x) =>
            target.dispatchEvent(new TouchEvent(type, { touches, changedTouches: [at(x)], bubbles: true }))
          tell('touchstart', [at(start)], start)
          tell('touchend', [], end)
        }""",
        [start, end],
    )
