"""The same folder as tiles: with pictures, the arrows in all four directions, and a band that selects."""

import base64

from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pages import DoorPage
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe

_DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_tiles_show_small_pictures_are_walked_in_four_directions_and_are_remembered(
    page: Page, axe: str
) -> None:
    drive = DoorPage(page).sign_up()
    for number in range(6):
        drive.new_folder(f"f{number}")
    drive.put("dot.png", _DOT, "image/png")
    page.get_by_role("button", name="Clear the list").click()

    page.get_by_role("button", name="Show as a grid").click()
    image = drive.row("dot.png").locator("img")
    expect(image).to_be_visible()
    assert image.evaluate("async it => { await it.decode(); return it.naturalWidth }") == 1
    drive.select("f1")
    assert_accessible(page, axe)
    page.keyboard.press("Escape")

    link = lambda name: page.get_by_role("link", name=name, exact=True)  # noqa: E731  # said five times below
    link("f0").focus()
    page.keyboard.press("ArrowRight")
    expect(link("f1")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="dot.png", exact=True)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(link("f1")).to_be_focused()

    page.reload()
    expect(drive.row("dot.png").locator("img")).to_be_visible()
    page.get_by_role("button", name="Show as a list").click()
    expect(drive.row("dot.png").locator("img")).to_be_hidden()
    drive.expect_only("f0", "f1", "f2", "f3", "f4", "f5", "dot.png")


def test_tiles_fit_on_a_phone(open_page: OpenPage, axe: str) -> None:
    page = open_page(width=360)
    drive = DoorPage(page).sign_up()
    for name in ("a", "b", "A name that is much longer than any phone is wide"):
        drive.new_folder(name)
    page.get_by_role("button", name="Show as a grid").click()

    assert_accessible(page, axe)
    drive.rename("b", "c")
    drive.open_folder("c").expect_only()


def test_a_band_from_an_empty_place_selects_what_it_touches_and_a_click_there_nothing(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    for name in ("a", "b", "c", "d"):
        drive.new_folder(name)
    box = page.locator("main").bounding_box()
    last = drive.row("b").bounding_box()
    assert box
    assert last

    def draw() -> None:
        page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 60)
        page.mouse.down()
        page.mouse.move(box["x"] + 300, last["y"] + 70, steps=4)

    draw()
    drive.expect_selected("c", "d")
    page.mouse.up()
    drive.expect_selected("c", "d")
    drive.select("a")
    page.keyboard.down("Control")
    page.get_by_role("checkbox", name="Select c").uncheck()
    draw()
    page.mouse.up()
    page.keyboard.up("Control")
    drive.expect_selected("a", "c", "d")

    page.mouse.click(box["x"] + 60, box["y"] + box["height"] - 60)
    drive.expect_selected()
