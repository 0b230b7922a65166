"""What slips into the page all the same does nothing: the policy bites, and the watch of all other tests hears it."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.watch import Watch

_PUT = "([kind, text]) => document.head.append(Object.assign(document.createElement(kind), { textContent: text }))"


@pytest.mark.parametrize(
    ("kind", "text"), [("script", "document.title = 'owned'"), ("style", "h1 { visibility: hidden }")]
)
def test_what_is_written_into_the_page_does_nothing(page: Page, watch: Watch, kind: str, text: str) -> None:
    page.goto("/sign-in")
    heading = page.get_by_role("heading", name="Welcome back")
    expect(heading).to_be_visible()

    page.evaluate(_PUT, [kind, text])

    expect(heading).to_be_visible()
    expect(page).to_have_title("Sign in · Stowage")
    assert [finding for finding in watch.findings if "Content Security Policy" in finding]
    watch.findings.clear()


def test_nobody_else_can_be_told_anything(page: Page, watch: Watch) -> None:
    page.goto("/sign-in")

    refused = page.evaluate("fetch('http://127.0.0.1:9/?secret').then(() => 'told', () => 'refused')")

    assert refused == "refused"
    assert [finding for finding in watch.findings if "Content Security Policy" in finding]
    watch.findings.clear()
