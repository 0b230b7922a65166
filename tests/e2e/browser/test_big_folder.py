"""A folder of very many, from the real server: seen to its end and back, with few rows drawn and few kept.

`make test-long` takes a hundred thousand: to put them there takes longer than all else.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest
from playwright.sync_api import CDPSession, Page, expect

from bench.engine import engine
from bench.filling import names, strew
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.names import NodeKind, entry_key
from local_stack.stack import Stack
from tests.e2e.browser.pages import DoorPage, DrivePage
from tests.e2e.browser.test_browse import SCROLL_TO_THE_END

ENTRIES = int(os.environ.get("STOWAGE_BIG_FOLDER", "20000"))
# A hundred thousand rows would take about three times as much.
MOST_GROWTH_BYTES = 6 * 2**20


async def _fill(stack: Stack, drive_id: str, folder_id: str) -> None:
    async with engine(stack) as bottom:
        await strew(bottom, DriveId(drive_id), folder_id, ENTRIES)


def _big_folder(page: Page, stack: Stack) -> str:
    """Its id, in the drive of whoever is signed in."""
    drive = DrivePage(page)
    drive.new_folder("big")
    folder_id = (drive.row("big").get_by_role("link").get_attribute("href") or "").removeprefix("/files/")
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    drive_id = (
        httpx.get(f"{stack.url}/api/v1/drive", cookies=cookies, timeout=60).raise_for_status().json()["id"]
    )
    # The event loop of this thread is Playwright's.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_fill(stack, drive_id, folder_id))).result()
    return folder_id


def _heap_bytes(line: CDPSession) -> int:
    line.send("HeapProfiler.collectGarbage")
    return int(line.send("Runtime.getHeapUsage")["usedSize"])


@pytest.mark.timeout(600)
def test_very_many_are_seen_to_the_end_and_back(
    page: Page, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in stack.env("file_metadata_service").items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    DoorPage(page).sign_up()
    folder_id = _big_folder(page, stack)
    expected = sorted(names(ENTRIES), key=partial(entry_key, NodeKind.FILE))
    page.set_default_timeout(300_000)
    drive = DrivePage(page).open_folder("big")
    assert page.url.endswith(folder_id)
    expect(drive.row(expected[0])).to_be_visible()
    line = page.context.new_cdp_session(page)
    before = _heap_bytes(line)

    most = page.evaluate(SCROLL_TO_THE_END, ENTRIES)

    assert most < 100
    expect(drive.row(expected[-1])).to_be_in_viewport()
    assert _heap_bytes(line) - before < MOST_GROWTH_BYTES
    # What was let go is read again, wherever one comes to.
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    shown = page.locator('[aria-busy="true"] .name')
    expect(shown).to_have_count(0)
    first, *others = page.locator(".node .name").all_inner_texts()
    at = expected.index(first)
    assert [first, *others] == expected[at : at + 1 + len(others)]
    with page.expect_request(lambda request: "/entries" in request.url):
        page.evaluate("scrollTo(0, 0)")
    expect(drive.row(expected[0])).to_be_in_viewport()
    page.get_by_role("button", name=expected[0], exact=True).focus()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name=expected[-1], exact=True)).to_be_focused()
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name=expected[0], exact=True)).to_be_focused()
    assert _heap_bytes(line) - before < MOST_GROWTH_BYTES

    page.keyboard.press("Control+Space")
    page.keyboard.press("Shift+End")
    bar = page.get_by_role("toolbar", name="What is selected")
    expect(bar).to_contain_text(f"{ENTRIES:,} selected")
