"""Chromium before the whole stack. Every page is watched: what it asks for, and what its console says."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from local_stack.parts.chromium import provide_chromium
from local_stack.parts.store import Store, default_root
from local_stack.stack import Stack
from tests.e2e.browser.watch import Watch

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OpenPage = Callable[..., Page]
# Nothing here waits for time to pass; a machine that is busy with other tests may be slow.
_PATIENCE_MILLISECONDS = 30_000


# For a module, not for the session: while it is open, Playwright's event loop is the thread's, and no other may run.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=_PATIENCE_MILLISECONDS)
    program = provide_chromium(Store(default_root(), lambda *_: None))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def watch(stack: Stack) -> Watch:
    storage = stack.plan.processes["s3"].address
    return Watch({stack.url, f"http://{storage}"})


@pytest.fixture
def open_page(chromium: Browser, stack: Stack, watch: Watch) -> Iterator[OpenPage]:
    """Opens pages of one browser, whose windows share their cookies; at the end nothing may have been amiss."""
    opened: list[Page] = []

    def open_one(
        *,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        locale: str = "en-GB",
        workers: bool = False,
    ) -> Page:
        if opened:
            page = opened[0].context.new_page()
        else:
            context = chromium.new_context(
                base_url=stack.url,
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                locale=locale,
                # What a service worker fetches no test can hold back or break; test_shell.py has it.
                service_workers="allow" if workers else "block",
                # Colours on their way to another have no contrast to speak of.
                reduced_motion="reduce",
            )
            page = context.new_page()
        opened.append(page)
        watch.follow(page)
        return page

    yield open_one
    if opened:
        opened[0].context.close()
    watch.assert_nothing_amiss()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()
