"""A big file from Chromium beside `stowage put`, on one stack, in turns; and the page's longest task meanwhile.

python -m bench browser_upload --size 1GiB --rounds 2

The page's time runs from the file being picked to its being there; the command's is a whole process, start-up included.
"""

import os
import sys
from collections.abc import Sequence
from statistics import median
from time import perf_counter

from playwright.sync_api import Page, sync_playwright

from bench.findings import at_least, at_most
from bench.measured import MIB, run
from bench.transfer import Arena, opened_arena, options_of
from local_stack.parts.chromium import provide_chromium
from local_stack.parts.store import Store, default_root

LEAST_SHARE, LONGEST_TASK_MS = 0.7, 100.0
_FLAGS = ["--no-sandbox", "--disable-gpu"]
# Tasks of 50 ms and more, as browsers tell of them.
_WATCH_FOR_LONG_TASKS = """() => {
  window.longTasks = []
  new PerformanceObserver((seen) => window.longTasks.push(...seen.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask' })
}"""


def main(arguments: Sequence[str] | None = None) -> None:
    options = options_of(arguments, prog="python -m bench browser_upload", about=__doc__ or "")
    program = provide_chromium(Store(default_root(), lambda *_: None))
    by_page, by_command, tasks = list[float](), list[float](), list[float]()
    with opened_arena(options) as arena, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        page = _signed_in(browser.new_page(base_url=arena.stack.url), arena)
        for round_ in range(options.rounds):
            _make_new(arena, options.size)
            by_page.append(_upload(page, arena, f"page-{round_}.bin"))
            tasks += page.evaluate("window.longTasks.splice(0)")
            _make_new(arena, options.size)
            command = arena.contestant("stowage", "up", round_)
            by_command.append(run(command, arena.environment).seconds)
        browser.close()
    for name, seconds in (("Chromium", by_page), ("stowage put", by_command)):
        print(f"{name:12} {' '.join(f'{options.size / MIB / each:.0f}' for each in seconds)} MiB/s")
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{len(tasks)} tasks of 50 ms and more; load of the machine at the end {load}")
    print(
        at_least(
            "Chromium beside stowage put", median(by_command) / median(by_page), LEAST_SHARE, " ×"
        ).line()
    )
    print(
        at_most("longest task of the page meanwhile", max(tasks, default=0.0), LONGEST_TASK_MS, " ms").line()
    )


def _signed_in(page: Page, arena: Arena) -> Page:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill("bench@example.com")
    page.get_by_label("Password").fill(arena.environment["STOWAGE_PASSWORD"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Files", exact=True).wait_for()
    page.evaluate(_WATCH_FOR_LONG_TASKS)
    return page


def _make_new(arena: Arena, size_bytes: int) -> None:
    """Other bytes than before: what is known already would not be sent."""
    with arena.source.open("r+b") as file:
        for offset in range(0, size_bytes, MIB):
            file.seek(offset)
            file.write(os.urandom(16))
    os.sync()


def _upload(page: Page, arena: Arena, name: str) -> float:
    source = arena.source.rename(arena.folder / name)
    started = perf_counter()
    print(f"uploading {name}", file=sys.stderr)
    page.get_by_label("Files to upload").set_input_files(source)
    page.get_by_role("grid").get_by_text(name, exact=True).wait_for(timeout=1_200_000)
    seconds = perf_counter() - started
    source.rename(arena.source)
    return seconds


if __name__ == "__main__":
    main()
