"""The web page as people use it: by what it says, never by how it is built."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Download, FilePayload, Locator, Page, expect

PASSWORD = "correct horse battery staple"
# As in `content`: both sides make the same bytes, so that none have to travel.
_MAKE_FILE = """([name, size]) => {
  const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8) + (at >> 16) * 7) & 255)
  const carried = new DataTransfer()
  carried.items.add(new File([bytes], name))
  return carried
}"""
# The browser's own disk stands in for the person's: its handles are the same, and no dialog is in the way.
_DISK = """
const disk = await navigator.storage.getDirectory()
const write = async (file, size) => {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 1) bytes[at] = at * 31 + (at >> 8) + (at >> 16) * 7
  const writable = await file.createWritable()
  await writable.write(bytes)
  await writable.close()
}
"""
_MAKE_ON_DISK = f"""async ([name, size]) => {{
  {_DISK}
  const file = await disk.getFileHandle(name, {{ create: true }})
  await write(file, size)
  window.showOpenFilePicker = () => Promise.resolve([file])
}}"""
_MAKE_FOLDER = f"""async ([name, files, folders]) => {{
  {_DISK}
  const open = async (path) => {{
    let at = await disk.getDirectoryHandle(name, {{ create: true }})
    for (const each of path) at = await at.getDirectoryHandle(each, {{ create: true }})
    return at
  }}
  for (const path of folders) await open(path.split('/'))
  for (const [path, size] of Object.entries(files)) {{
    const above = path.split('/')
    const folder = await open(above.slice(0, -1))
    await write(await folder.getFileHandle(above.at(-1), {{ create: true }}), size)
  }}
  window.showDirectoryPicker = () => disk.getDirectoryHandle(name)
}}"""
_RECORD_PROGRESS = """() => {
  window.seenProgress = []
  const look = () => {
    const bar = document.querySelector('section[aria-label=Uploads] [role=progressbar]')
    const now = bar?.getAttribute('aria-valuenow')
    if (now && now !== window.seenProgress.at(-1)) window.seenProgress.push(now)
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true })
}"""


_BLOCK = bytes((at * 31 + (at >> 8)) & 255 for at in range(2**16))


def content(size: int) -> bytes:
    """No two parts are alike: put together in another order they would be another file."""
    shifts = (
        bytes((value + number * 7) & 255 for value in range(256)) for number in range(size // 2**16 + 1)
    )
    return b"".join(_BLOCK.translate(shift) for shift in shifts)[:size]


@dataclass(frozen=True)
class DoorPage:
    page: Page

    def sign_up(self, email: str | None = None) -> "DrivePage":
        self.page.goto("/sign-up")
        self.fill(email or f"{uuid.uuid4().hex}@example.com")
        self.page.get_by_role("button", name="Make an account").click()
        return DrivePage(self.page).expect_open()

    def sign_in(self, email: str) -> "DrivePage":
        self.fill(email)
        self.page.get_by_role("button", name="Sign in").click()
        return DrivePage(self.page).expect_open()

    def expect_open(self) -> "DoorPage":
        expect(self.page.get_by_role("heading", name="Welcome back")).to_be_visible()
        return self

    def fill(self, email: str) -> None:
        address = self.page.get_by_label("E-mail")
        # The page puts the focus there when it is ready; before that, it would take it from the field being filled.
        expect(address).to_be_focused()
        address.fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)


@dataclass(frozen=True)
class DrivePage:
    page: Page

    def expect_open(self, folder: str = "Files") -> "DrivePage":
        expect(self.page.get_by_role("heading", name=folder, exact=True)).to_be_visible()
        return self

    def row(self, name: str) -> Locator:
        rows = self.page.get_by_role("grid", name=re.compile("^In ")).get_by_role("row")
        return rows.filter(has=self.page.get_by_text(name, exact=True))

    def expect_only(self, *names: str) -> None:
        """These rows, in this order; an empty folder says that it is one."""
        if not names:
            expect(self.page.get_by_text("Nothing in here yet")).to_be_visible()
            return
        expect(self.page.locator(".node .name")).to_have_text(list(names))

    def new_folder(self, name: str) -> None:
        self.page.get_by_role("button", name="New folder").click()
        self.page.get_by_role("textbox", name="Name").fill(name)
        self.page.get_by_role("button", name="Create").click()
        expect(self.row(name)).to_be_visible()

    def open_folder(self, name: str) -> "DrivePage":
        self.row(name).get_by_role("link").click()
        return self.expect_open(name)

    def drop(self, name: str, size: int) -> list[str]:
        """Drags a file over the page and lets it go; the progress that was shown until it was there."""
        self.page.evaluate(_RECORD_PROGRESS)
        carried = self.page.evaluate_handle(_MAKE_FILE, [name, size])
        self.page.dispatch_event("main", "dragenter", {"dataTransfer": carried})
        expect(self.page.get_by_text("Drop to upload into")).to_be_visible()
        self.page.dispatch_event("main", "drop", {"dataTransfer": carried})
        expect(self.page.get_by_text("One file uploaded")).to_be_visible(timeout=60_000)
        seen: list[str] = self.page.evaluate("window.seenProgress")
        return seen

    def paste(self, name: str, size: int) -> None:
        carried = self.page.evaluate_handle(_MAKE_FILE, [name, size])
        self.page.evaluate(
            "it => document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: it, bubbles: true }))",
            carried,
        )

    def pick(self, name: str, size: int, content_type: str = "application/octet-stream") -> None:
        file = {"name": name, "mimeType": content_type, "buffer": content(size)}
        self.page.get_by_label("Files to upload").set_input_files([file])

    def pick_from_disk(self, name: str, size: int) -> None:
        """A file by the menu, of which the browser keeps a handle: it can open it by itself again."""
        self.page.evaluate(_MAKE_ON_DISK, [name, size])
        self._upload("Files")

    def pick_folder(self, name: str, files: dict[str, int], folders: Sequence[str] = ()) -> None:
        """Uploads a folder by the menu. `files`: paths in it and their sizes; `folders`: those with nothing in them."""
        self.page.evaluate(_MAKE_FOLDER, [name, files, folders])
        self._upload("A folder")

    def _upload(self, what: str) -> None:
        self.page.get_by_role("button", name="Upload", exact=True).click()
        self.page.locator(".v-menu").get_by_text(what, exact=True).click()

    def put(self, name: str, written: bytes, content_type: str = "text/plain") -> None:
        """A file of just these bytes; it is there when this returns."""
        file: FilePayload = {"name": name, "mimeType": content_type, "buffer": written}
        self.page.get_by_label("Files to upload").set_input_files([file])
        expect(self.row(name)).to_be_visible()

    def download(self, name: str) -> Download:
        with self.page.expect_download() as begun:
            self.choose(name, "Download")
        return begun.value

    def look_at(self, name: str) -> "PreviewPage":
        self.page.get_by_role("button", name=name, exact=True).click()
        return PreviewPage(self.page, name).expect_open()

    def show_details(self, name: str) -> "DetailsPage":
        self.choose(name, "Details")
        return DetailsPage(self.page).expect_open(name)

    def choose(self, name: str, action: str) -> None:
        self.page.get_by_role("button", name=f"Actions for {name}").click()
        self.page.locator(".v-menu").get_by_text(action).click()

    def ask_for_menu(self, name: str) -> "MenuPage":
        """With the right button, on a row."""
        self.row(name).click(button="right")
        return MenuPage(self.page)

    def ask_for_menu_of_folder(self) -> "MenuPage":
        """With the right button, below the last row."""
        box = self.page.locator("main").bounding_box()
        assert box
        # Left of the notices.
        self.page.mouse.click(box["x"] + 40, box["y"] + box["height"] - 40, button="right")
        return MenuPage(self.page)

    def select(self, *names: str) -> None:
        for name in names:
            self.page.get_by_role("checkbox", name=f"Select {name}", exact=True).check()

    def rename(self, name: str, new_name: str) -> None:
        self.choose(name, "Rename")
        self.name_field(name).fill(new_name)
        self.page.keyboard.press("Enter")
        expect(self.row(new_name)).to_be_visible()

    def name_field(self, name: str) -> Locator:
        """In place of the name of what is being renamed."""
        return self.page.get_by_role("textbox", name=f"New name of {name}")

    def move(self, name: str, folder: str) -> None:
        self.choose(name, "Move to")
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_text(folder, exact=True).click()
        dialog.get_by_role("button", name="Move here").click()
        expect(self.page.get_by_text(f"is in “{folder}” now")).to_be_visible()

    def expect_selected(self, *names: str) -> None:
        """These and no others, in this order; the bar tells how many."""
        expect(self.page.locator(".node--selected .name")).to_have_text(list(names))
        bar = self.page.get_by_role("toolbar", name="What is selected")
        if names:
            expect(bar).to_contain_text(f"{len(names)} selected")
        else:
            expect(bar).to_be_hidden()

    def move_selected(self, folder: str) -> None:
        self.page.get_by_role("button", name="Move to …").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_text(folder, exact=True).click()
        dialog.get_by_role("button", name="Move here").click()

    def delete(self, name: str) -> None:
        self.choose(name, "Delete")
        expect(self.page.get_by_text(f"“{name}” is in the trash.")).to_be_visible()

    def undo(self) -> None:
        self.page.get_by_role("button", name="Undo").click()

    def go_up(self) -> "DrivePage":
        self.page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Files").click()
        return self.expect_open()

    def open_trash(self) -> "TrashPage":
        self.page.get_by_role("link", name="Trash").click()
        expect(self.page.get_by_role("heading", name="Trash")).to_be_visible()
        return TrashPage(self.page)

    def open_search(self) -> "SearchPage":
        self.page.keyboard.press("Control+k")
        return SearchPage(self.page).expect_open()

    def open_recent(self) -> "FoundPage":
        self.page.get_by_role("link", name="Recent").click()
        expect(self.page.get_by_role("heading", name="Recent")).to_be_visible()
        return FoundPage(self.page, "Changed last")

    def open_account(self) -> "AccountPage":
        self.page.get_by_role("button", name="Your account").click()
        self.page.locator(".v-menu").get_by_text("Account", exact=True).click()
        expect(self.page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
        return AccountPage(self.page)

    def sign_out(self) -> DoorPage:
        self.page.get_by_role("button", name="Your account").click()
        self.page.get_by_text("Sign out").click()
        return DoorPage(self.page).expect_open()


@dataclass(frozen=True)
class MenuPage:
    page: Page

    def expect_actions(self, *titles: str) -> "MenuPage":
        """All of these; there may be others."""
        for title in titles:
            expect(self._action(title)).to_be_visible()
        return self

    def expect_none(self, title: str) -> "MenuPage":
        expect(self.page.get_by_role("menu")).to_be_visible()
        expect(self._action(title)).to_be_hidden()
        return self

    def choose(self, title: str) -> None:
        self._action(title).click()
        expect(self.page.get_by_role("menu")).to_be_hidden()

    def close(self) -> None:
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_role("menu")).to_be_hidden()

    def _action(self, title: str) -> Locator:
        return self.page.get_by_role("menuitem", name=title, exact=True)


@dataclass(frozen=True)
class TrashPage:
    page: Page

    def restore(self, name: str) -> None:
        self.page.get_by_role("button", name=f"Restore {name}").click()
        expect(self.page.get_by_text(f"“{name}” is back")).to_be_visible()

    def open_files(self) -> DrivePage:
        self.page.get_by_role("navigation", name="Places").get_by_role("link", name="Files").click()
        return DrivePage(self.page).expect_open()

    def delete_for_ever(self, name: str) -> None:
        self.page.get_by_role("button", name=f"Delete {name} for ever").click()
        self.page.get_by_role("alertdialog").get_by_role("button", name="Delete for ever").click()
        expect(self.page.get_by_role("button", name=f"Restore {name}")).to_be_hidden()

    def empty(self) -> None:
        self.page.get_by_role("button", name="Empty the trash").click()
        self.page.get_by_role("alertdialog").get_by_role("button", name="Empty the trash").click()
        expect(self.page.get_by_text("The trash is empty")).to_be_visible()


@dataclass(frozen=True)
class FoundPage:
    page: Page
    label: str = "Found"

    @property
    def list(self) -> Locator:
        return self.page.get_by_role("list", name=self.label)

    def row(self, name: str) -> Locator:
        return self.list.get_by_role("listitem").filter(has=self.page.get_by_text(name, exact=True))

    def ask_for_menu(self, name: str) -> "MenuPage":
        self.row(name).click(button="right", position={"x": 300, "y": 8})
        return MenuPage(self.page)

    def expect_only(self, *names: str) -> None:
        """These, in this order."""
        rows = self.list.locator(".name")
        expect(rows).to_have_text(list(names))


@dataclass(frozen=True)
class SearchPage(FoundPage):
    def expect_open(self) -> "SearchPage":
        expect(self._field).to_be_focused()
        return self

    def type(self, text: str) -> "SearchPage":
        """Key by key, as people do."""
        self._field.fill("")
        self._field.press_sequentially(text)
        return self

    def narrow(self, label: str, choice: str) -> "SearchPage":
        self.page.get_by_role("group", name="Filters").get_by_role("button", name=label).click()
        self.page.locator(".v-menu").get_by_text(choice, exact=True).click()
        return self

    def expect_nothing(self) -> None:
        expect(self.page.get_by_role("heading", name="Nothing found")).to_be_visible()

    @property
    def _field(self) -> Locator:
        return self.page.get_by_role("searchbox", name="Search by name")


@dataclass(frozen=True)
class PreviewPage:
    page: Page
    name: str

    def expect_open(self) -> "PreviewPage":
        expect(self.body.get_by_role("heading", name=self.name)).to_be_visible()
        return self

    @property
    def body(self) -> Locator:
        return self.page.get_by_role("dialog", name=self.name)

    def close(self) -> None:
        self.page.keyboard.press("Escape")
        expect(self.body).to_be_hidden()


@dataclass(frozen=True)
class DetailsPage:
    page: Page

    def expect_open(self, name: str) -> "DetailsPage":
        expect(self.panel.get_by_role("heading", name=name)).to_be_visible()
        return self

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("complementary", name="Details")

    def expect_versions(self, *numbers: int) -> None:
        expect(self.panel.locator(".version__number")).to_have_text([str(number) for number in numbers])

    def version(self, number: int) -> Locator:
        rows = self.panel.get_by_role("list", name="Versions").get_by_role("listitem")
        return rows.filter(
            has=self.page.get_by_role("button", name=f"Actions for version {number}", exact=True)
        )

    def choose(self, number: int, action: str) -> None:
        self.panel.get_by_role("button", name=f"Actions for version {number}", exact=True).click()
        self.page.locator(".v-menu").get_by_text(action, exact=True).click()


@dataclass(frozen=True)
class AccountPage:
    page: Page

    @property
    def devices(self) -> Locator:
        return self.page.get_by_role("list", name="Signed-in devices").get_by_role("listitem")

    def measure(self, password: str) -> None:
        """Types a new password, and waits for what the meter says."""
        self.page.get_by_label("New password").fill(password)
        expect(self.page.get_by_text("Strength:")).to_be_visible()

    def change_password(self, current: str, wanted: str) -> None:
        self.page.get_by_label("Current password").fill(current)
        self.measure(wanted)
        self.page.get_by_role("button", name="Change password").click()
