"""The server's REST surface in memory, as far as the command line sees it: an httpx handler.

Faults are told to `InMemoryGateway`: answers that get lost after the request was applied, refusals, tokens that end.
"""

import json
import re
import secrets
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx

from tests.fakes.client_changes import InMemoryChanges
from tests.fakes.client_drive import InMemoryDrive
from tests.fakes.client_problem import Problem
from tests.fakes.client_storage import InMemoryStorage
from tests.fakes.client_uploads import InMemoryUploads

Json = dict[str, Any]
Answer = tuple[int, Json | None]
ACCESS_SECONDS = 600
PUBLIC = {("POST", "/accounts"), ("POST", "/sessions"), ("POST", "/sessions/refresh")}


class InMemoryGateway:
    """One server with one person: ada@example.com."""

    def __init__(
        self, storage: InMemoryStorage, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.now = now
        self.account: Json | None = None
        self.password = ""
        self.drive = InMemoryDrive(now)
        self.uploads = InMemoryUploads(self.drive, storage, now)
        self.changes = InMemoryChanges(now)
        self.access: dict[str, datetime] = {}  # token -> until
        self.refresh = ""
        self.refreshes = 0
        self.signed_in = False
        self.requests: list[tuple[str, str, Json]] = []
        self.keys: list[str] = []
        self.losses: deque[tuple[str, str]] = deque()  # (method, path pattern) whose answer gets lost
        self.refusals: deque[tuple[str, str, Problem]] = deque()

    def handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().split("?")[0].removeprefix("/api/v1")
        body = json.loads(request.content) if request.content else {}
        self.requests.append((request.method, path, body))
        try:
            self._admit(request, path)
            self._refuse(request.method, path)
            status, data = self._route(request, path, body)
        except Problem as problem:
            return self._response(problem.status, problem.as_json(), retry_after=problem.retry_after)
        if self.losses and self.losses[0][0] == request.method and re.fullmatch(self.losses[0][1], path):
            self.losses.popleft()
            raise httpx.ReadError("connection reset", request=request)
        return self._response(status, data)

    def count(self) -> Counter[str]:
        """Requests by method and path, ids as `*`."""
        return Counter(f"{method} {re.sub('[0-9a-f]{32}', '*', path)}" for method, path, _ in self.requests)

    def end_access_tokens(self) -> None:
        self.access.clear()

    def _response(self, status: int, data: Json | None, *, retry_after: str | None = None) -> httpx.Response:
        headers = {"X-Request-Id": "req-1", "Date": format_datetime(self.now(), usegmt=True)}
        if retry_after is not None:
            headers["Retry-After"] = retry_after
        return (
            httpx.Response(status, headers=headers, json=data)
            if data
            else httpx.Response(status, headers=headers)
        )

    def _admit(self, request: httpx.Request, path: str) -> None:
        if (request.method, path) in PUBLIC:
            return
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.access.get(token, self.now()) <= self.now():
            raise Problem(401, "unauthenticated", "No valid token.")

    def _refuse(self, method: str, path: str) -> None:
        if self.refusals and self.refusals[0][0] == method and re.fullmatch(self.refusals[0][1], path):
            raise self.refusals.popleft()[2]

    def _route(self, request: httpx.Request, path: str, body: Json) -> Answer:
        method, query = request.method, dict(request.url.params)
        key = request.headers.get("idempotency-key", "")
        if method != "GET":
            assert 1 <= len(key) <= 128
            self.keys.append(key)
        head = path.strip("/").split("/")[0]
        if head in ("accounts", "account", "sessions"):
            return self._people(method, path, body)
        if head == "recent":
            return 200, self.drive.recent(query)
        if head == "changes":
            return 200, self.changes.page(query)
        if head == "search":
            return 200, self.drive.search(query)
        if head == "bundles":
            return self.uploads.bundle_route(method, path, body, key)
        if head == "uploads":
            return self.uploads.route(method, path, query, body, key)
        if head == "files" and "versions" in path:
            return self.drive.versions(method, path, query, body)
        if head == "files":
            return self.uploads.content(path.split("/")[2], query.get("version"))
        return self.drive.route(method, path, query, body, key)

    def _people(self, method: str, path: str, body: Json) -> Answer:
        match method, path:
            case "POST", "/accounts":
                return self._register(body)
            case "POST", "/sessions":
                if self.account is None or (body["email"], body["password"]) != (
                    self.account["email"],
                    self.password,
                ):
                    raise Problem(401, "credentials_wrong", "E-mail or password is wrong.")
                assert body["device"]
                self.signed_in = True
                return 201, {"account": self.account, **self._tokens()}
            case "POST", "/sessions/refresh":
                if not self.signed_in or body["refresh_token"] != self.refresh:
                    raise Problem(401, "session_ended", "This session has ended.")
                self.refreshes += 1
                return 200, self._tokens()
            case "DELETE", "/sessions/current":
                self.signed_in = False
                return 204, None
            case "GET", "/account":
                return 200, self.account
        raise Problem(404, "not_found", path)

    def _register(self, body: Json) -> Answer:
        if self.account is not None and (self.account["email"], self.password) != (
            body["email"],
            body["password"],
        ):
            raise Problem(409, "email_taken", "This address has an account.")
        self.account = {
            "id": self.drive.id,
            "email": body["email"],
            "display_name": body.get("display_name"),
            "created_at": "2026-01-01T00:00:00Z",
        }
        self.password = body["password"]
        return 201, self.account

    def _tokens(self) -> Json:
        access, until = secrets.token_hex(8), self.now() + timedelta(seconds=ACCESS_SECONDS)
        self.access[access] = until
        self.refresh = secrets.token_hex(8)
        return {
            "access_token": access,
            "access_expires_at": until.isoformat(),
            "refresh_token": self.refresh,
            "refresh_expires_at": (self.now() + timedelta(days=30)).isoformat(),
            "session_id": "5" * 32,
            "token_type": "Bearer",
        }
