"""Nodes are dragged onto folders: in the list, on the way up, and in the tree."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.pages import DoorPage

# As a hand that holds something at the lower edge; how far the page has come.
_HOLD_AT_THE_EDGE = """async () => {
  const row = document.querySelector('.node .name')
  const carried = new DataTransfer()
  const at = { bubbles: true, dataTransfer: carried, clientX: 500, clientY: innerHeight - 5 }
  row.dispatchEvent(new DragEvent('dragstart', at))
  row.dispatchEvent(new DragEvent('dragover', at))
  for (let frame = 0; frame < 20; frame++) await new Promise(requestAnimationFrame)
  row.dispatchEvent(new DragEvent('dragend', at))
  const far = scrollY
  for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame)
  return [far, scrollY]
}"""


def drag(page: Page, what: Locator, target: Locator) -> None:
    what.hover()
    page.mouse.down()
    target.hover()
    # The second move is the one that browsers tell of what is under the pointer.
    target.hover(position={"x": 12, "y": 12})
    page.mouse.up()


def test_one_goes_into_a_folder_of_the_list_and_comes_back(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    for name in ("a", "b"):
        drive.new_folder(name)

    drag(page, drive.row("a"), drive.row("b"))

    expect(page.get_by_text("“a” is in “b” now.")).to_be_visible()
    drive.expect_only("b")
    drive.undo()
    drive.expect_only("a", "b")


def test_all_that_is_selected_goes_into_the_tree_and_up_the_path(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    for name in ("a", "b", "c"):
        drive.new_folder(name)
    tree = page.get_by_role("tree", name="Folders")
    drive.select("a", "b")

    drag(page, drive.row("a"), tree.get_by_role("treeitem", name="c"))
    expect(page.get_by_text("Moved 2 items to “c”.")).to_be_visible()
    drive.expect_only("c")

    drive.open_folder("c").expect_only("a", "b")
    path = page.get_by_role("navigation", name="Where you are")
    drag(page, drive.row("b"), path.get_by_role("link", name="Files"))
    expect(page.get_by_text("“b” is in “Files” now.")).to_be_visible()
    drive.expect_only("a")
    drive.undo()
    drive.expect_only("a", "b")


def test_what_stays_where_it_is_moves_nowhere_and_the_page_follows_to_its_edge(page: Page) -> None:
    drive = DoorPage(page).sign_up()
    for name in ("a", "b", "c", "d", "e"):
        drive.new_folder(name)
    page.set_viewport_size({"width": 1280, "height": 300})

    drag(page, drive.row("a"), page.get_by_role("treeitem", name="Files"))
    drive.expect_only("a", "b", "c", "d", "e")
    far, afterwards = page.evaluate(_HOLD_AT_THE_EDGE)

    assert far > 40
    assert afterwards - far < 30
