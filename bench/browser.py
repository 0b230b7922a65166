"""A folder in Chromium: its first rows, a scroll to its end, what it keeps in memory; beside one of 100.

python -m bench browser --entries 100000
"""

import argparse
import asyncio
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import CDPSession, Page, sync_playwright

from bench.engine import engine
from bench.filling import fill
from bench.folder import Drive
from file_metadata_service.domain.ids import DriveId
from local_stack.parts.chromium import provide_chromium
from local_stack.parts.store import Store, default_root
from local_stack.stack import Stack

FEW = 100
_FLAGS = ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"]
# When the first row of a folder stood in the page, in milliseconds since it was asked for.
_WATCH_FOR_ROWS = """
new MutationObserver((_, observer) => {
  if (!document.querySelector('[aria-rowindex]')) return
  window.firstRows = performance.now()
  observer.disconnect()
}).observe(document, { subtree: true, childList: true })
"""
# As a hand that drags the bar down until nothing more comes; the most rows on the way.
_DRAG_TO_THE_END = """async (last) => {
  let most = 0
  while (!document.querySelector(`[aria-rowcount="${last}"] [aria-rowindex="${last}"]`)) {
    scrollTo(0, document.documentElement.scrollHeight)
    await new Promise(requestAnimationFrame)
    most = Math.max(most, document.querySelectorAll('[aria-rowindex]').length)
  }
  return most
}"""
# A wheel that turns fast, from the top, and back where the list ends: a short one has as many new rows in each frame
# as a long one. The milliseconds between the frames.
_SCROLL = """async () => {
  scrollTo(0, 0)
  let way = 240
  await new Promise(requestAnimationFrame)
  const frames = []
  let before = await new Promise(requestAnimationFrame)
  for (let turn = 0; turn < 400; turn++) {
    const below = document.documentElement.scrollHeight - innerHeight - scrollY
    way = below < 240 ? -240 : scrollY < 240 ? 240 : way
    scrollBy(0, way)
    const now = await new Promise(requestAnimationFrame)
    frames.push(now - before)
    before = now
  }
  return frames
}"""


@dataclass(frozen=True, slots=True)
class Seen:
    """`frame_ms_p95`: between two frames of a scroll. `frame_cpu_ms`: what the page's process computes for one.
    `heap_bytes`: JavaScript's, after a collection, at the end."""

    first_rows_ms: float
    most_rows: int
    frame_ms_p95: float
    frame_cpu_ms: float
    heap_bytes: int


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--entries", type=int, default=100_000)
    count = parser.parse_args(arguments).entries
    with tempfile.TemporaryDirectory(prefix="stowage-bench-") as temporary:
        stack = Stack(Path(temporary) / "home", port=0)
        try:
            stack.up()
            few, many = (_look(stack, entries) for entries in (FEW, count))
        finally:
            stack.down()
    print(f"\n{'':34} {FEW:>10,} {count:>10,}   entries")
    print(f"{'first rows, ms':34} {few.first_rows_ms:10.0f} {many.first_rows_ms:10.0f}")
    print(f"{'most rows in the page':34} {few.most_rows:10} {many.most_rows:10}")
    print(f"{'between frames of a scroll, ms p95':34} {few.frame_ms_p95:10.1f} {many.frame_ms_p95:10.1f}")
    print(f"{'CPU of the page for a frame, ms':34} {few.frame_cpu_ms:10.1f} {many.frame_cpu_ms:10.1f}")
    print(f"{'heap at the end, MiB':34} {few.heap_bytes / 2**20:10.1f} {many.heap_bytes / 2**20:10.1f}")


def _look(stack: Stack, entries: int) -> Seen:
    email, password = f"{secrets.token_hex(8)}@example.com", secrets.token_urlsafe(16)
    folder_id = asyncio.run(_fill(stack, email, password, entries))
    program = provide_chromium(Store(default_root(), lambda *_: None))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        page = browser.new_page(base_url=stack.url, viewport={"width": 1280, "height": 800})
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_selector("[aria-rowindex]", timeout=120_000)
        seen = _measure(page, f"/files/{folder_id}", entries)
        browser.close()
    return seen


def _measure(page: Page, path: str, entries: int) -> Seen:
    page.add_init_script(_WATCH_FOR_ROWS)
    page.goto(path)
    page.wait_for_selector("[aria-rowindex]", timeout=120_000)
    first_rows_ms: float = page.evaluate("window.firstRows")
    page.set_default_timeout(600_000)
    most: int = page.evaluate(_DRAG_TO_THE_END, entries)
    line = page.context.new_cdp_session(page)
    line.send("HeapProfiler.collectGarbage")
    heap_bytes: int = line.send("Runtime.getHeapUsage")["usedSize"]
    before = _cpu_seconds(line)
    frames = sorted(page.evaluate(_SCROLL))
    cpu_ms = (_cpu_seconds(line) - before) * 1000 / len(frames)
    return Seen(first_rows_ms, most, frames[int(len(frames) * 0.95)], cpu_ms, heap_bytes)


def _cpu_seconds(line: CDPSession) -> float:
    """Of the page's process, since it began."""
    line.send("Performance.enable")
    figures = line.send("Performance.getMetrics")["metrics"]
    return next(float(each["value"]) for each in figures if each["name"] == "ProcessTime")


async def _fill(stack: Stack, email: str, password: str, entries: int) -> str:
    """An account with a folder of so many; its id."""
    async with engine(stack) as bottom:
        drive = await asyncio.to_thread(_account, stack.url, email, password)
        drive_id = DriveId(str(drive.ask("GET", "/drive")["id"]))
        folder_id = drive.folder("many")
        await fill(bottom, drive_id, folder_id, entries, names_only=True)
        return folder_id


def _account(url: str, email: str, password: str) -> Drive:
    body = {"email": email, "password": password}
    httpx.post(f"{url}/api/v1/accounts", json=body, timeout=60).raise_for_status()
    return Drive(url, email, password)


if __name__ == "__main__":
    main()
