"""Folders of any size: what is drawn stays as little, and the server sorts."""

from playwright.sync_api import Page, expect

from tests.e2e.browser.pages import DoorPage
from tests.e2e.browser.test_pages import assert_accessible
from tests.e2e.browser.test_pages import axe as axe

# A hundred thousand are the same, and take most of a minute.
ENTRIES = 20_000
# The server's listing of a folder that would take minutes to fill; all else is asked of the real one.
_LISTS_MANY = """((count) => {
  const ask = window.fetch
  const made = (at) => ({
    kind: 'file', id: at.toString(16).padStart(32, '0'), drive_id: '0'.repeat(32), parent_id: '0'.repeat(32),
    name: `File ${at + 1}.txt`, size: at, content_type: 'text/plain', content_hash: '0'.repeat(64), layout: 'p23',
    version: 1, revision: 1, seq: 1, created_at: '2026-01-01T10:00:00Z', updated_at: '2026-01-01T10:00:00Z',
  })
  window.fetch = async (request) => {
    const address = new URL(request.url)
    if (!address.pathname.endsWith('/entries')) return ask(request)
    const from = Number(address.searchParams.get('cursor') ?? 0)
    const to = Math.min(from + Number(address.searchParams.get('limit')), count)
    const items = Array.from({ length: to - from }, (_, at) => made(from + at))
    return Response.json({ items, next_cursor: to < count ? String(to) : null })
  }
})(COUNT)""".replace("COUNT", str(ENTRIES))
_GO_AWAY = "() => { window.lists = window.fetch; window.fetch = () => Promise.reject(new TypeError('gone')) }"
_COME_BACK = "() => { window.fetch = window.lists }"
# As a hand that drags the bar down; the most rows that stood in the page on the way.
SCROLL_TO_THE_END = """async (last) => {
  let most = 0
  while (!document.querySelector(`[role=grid][aria-rowcount="${last}"] [aria-rowindex="${last}"]`)) {
    scrollTo(0, document.documentElement.scrollHeight)
    await new Promise(requestAnimationFrame)
    most = Math.max(most, document.querySelectorAll('main [aria-rowindex]').length)
  }
  return most
}"""


def test_a_folder_of_very_many_is_scrolled_and_walked_to_its_end(page: Page, axe: str) -> None:
    page.add_init_script(_LISTS_MANY)
    drive = DoorPage(page).sign_up()
    expect(drive.row("File 1.txt")).to_be_visible()
    assert_accessible(page, axe)
    first = page.get_by_role("button", name="File 1.txt", exact=True)
    first.focus()

    most = page.evaluate(SCROLL_TO_THE_END, ENTRIES)

    assert most < 100
    expect(drive.row(f"File {ENTRIES}.txt")).to_be_in_viewport()
    expect(first).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name=f"File {ENTRIES}.txt", exact=True)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name=f"File {ENTRIES - 1}.txt", exact=True)).to_be_focused()
    page.keyboard.press("Home")
    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()


def test_the_server_sorts_by_what_people_choose_and_folders_stay_first(page: Page, axe: str) -> None:
    drive = DoorPage(page).sign_up()
    drive.new_folder("z")
    for name, size in (("b.txt", 10), ("a.txt", 20), ("c.txt", 30)):
        drive.pick(name, size)
        expect(drive.row(name)).to_be_visible()
    drive.expect_only("z", "a.txt", "b.txt", "c.txt")
    sort_by = page.get_by_role("group", name="Sort by")

    sort_by.get_by_role("button", name="Size").focus()
    page.keyboard.press("Enter")
    drive.expect_only("z", "c.txt", "a.txt", "b.txt")
    assert_accessible(page, axe)

    page.keyboard.press("Enter")
    drive.expect_only("z", "b.txt", "a.txt", "c.txt")

    sort_by.get_by_role("button", name="Changed").click()
    drive.expect_only("z", "c.txt", "a.txt", "b.txt")
    drive.open_folder("z").go_up()
    drive.expect_only("z", "c.txt", "a.txt", "b.txt")


def test_a_page_that_does_not_come_is_asked_for_again_and_what_is_there_stays(page: Page) -> None:
    page.add_init_script(_LISTS_MANY)
    drive = DoorPage(page).sign_up()
    expect(drive.row("File 1.txt")).to_be_visible()
    page.evaluate(_GO_AWAY)

    page.get_by_role("button", name="File 1.txt", exact=True).focus()
    page.keyboard.press("End")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(drive.row("File 200.txt")).to_be_visible()
    page.evaluate(_COME_BACK)
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("alert")).to_be_hidden()
    page.get_by_role("button", name="File 200.txt", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="File 201.txt", exact=True)).to_be_focused()
