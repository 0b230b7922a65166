"""What a page does besides what it shows."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

# Chromium says so of every answer from 400 up; what the page makes of them is each test's own affair.
_REFUSED = "Failed to load resource"
# Playwright's own, where conftest.py has it do so.
_BLOCKED = "Service Worker registration blocked by Playwright"


@dataclass
class Watch:
    """Follows pages. `origins`: who may be asked for anything."""

    origins: set[str]
    findings: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.findings.append(f"error: {error}"))

    def count(self, method: str, path: str) -> int:
        return self.requests.count(f"{method} {path}")

    def assert_nothing_amiss(self) -> None:
        assert not self.findings

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        self.requests.append(f"{request.method} {address.path}")
        if f"{address.scheme}://{address.netloc}" not in self.origins:
            self.findings.append(f"asked a third party: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        """Violations of the Content-Security-Policy come this way, too."""
        if message.type in ("error", "warning") and not message.text.startswith((_REFUSED, _BLOCKED)):
            self.findings.append(f"console: {message.text}")
