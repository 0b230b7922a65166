"""What people can do, one thing each, and in a word how it went: the rows of the table in docs/operations.md."""

import asyncio
import itertools
import uuid
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from time import monotonic

import httpx

from tests.e2e.person import PASSWORD, Json, sha256

WORKS, REFUSED, FAILS = "works", "503", "fails"
# Their deadlines have to hold while storage puts the parts together, or looks for known content.
SLOW_TO_SAY = frozenset({"complete an upload", "start an upload of many parts"})
LARGE_BYTES = 20 * 2**20
CONTENT = b"what was acknowledged"
_PATIENCE_SECONDS = 60.0


@dataclass
class Abilities:
    """One account, a file of it with a URL in hand, an upload whose bytes wait to be sent, and one to complete."""

    url: str
    http: httpx.AsyncClient = field(init=False)
    storage: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.AsyncClient(base_url=f"{self.url}/api/v1", timeout=_PATIENCE_SECONDS)
        # Storage that hangs is the client's to give up on.
        self.storage = httpx.AsyncClient(timeout=3.0)
        self._who = {"email": f"{uuid.uuid4().hex}@example.com", "password": PASSWORD}
        self._names = itertools.count()

    async def close(self) -> None:
        await self.http.aclose()
        await self.storage.aclose()

    async def prepare(self) -> None:
        """While everything is well."""
        await self._ask("POST", "/accounts", self._who)
        self._tokens = await self._ask("POST", "/sessions", self._who)
        self.http.headers["Authorization"] = f"Bearer {self._tokens['access_token']}"
        self._waiting, self._sent, stored = [await self._begin() for _ in range(3)]
        await self._send(self._sent)
        await self._send(stored)
        path = f"/uploads/{stored['upload']['id']}/complete"
        while (upload := await self._ask("POST", path, {}))["state"] != "committed":  # noqa: ASYNC110  # as a client does
            await asyncio.sleep(0.1)
        self._file = upload["node_id"]
        self._to_copy = (await self._ask("POST", "/folders", self._folder()))["id"]
        self._cursor = (await self._ask("GET", "/changes"))["next_cursor"]
        self._in_hand = (await self._ask("GET", f"/files/{self._file}/content?url=1"))["url"]

    def rows(self) -> dict[str, Callable[[], Awaitable[object]]]:
        """By their names in the table."""
        root, file = "/folders/root/entries", f"/files/{self._file}/content"
        return {
            "list and look at nodes": lambda: self._ask("GET", root),
            "make folders, rename, move, delete, restore": lambda: self._ask(
                "POST", "/folders", self._folder()
            ),
            "search by name": lambda: self._ask("GET", "/search?q=folder"),
            "follow what changes": lambda: self._ask("GET", f"/changes?cursor={self._cursor}"),
            "copy a folder, as a job": lambda: self._ask(
                "POST", f"/nodes/{self._to_copy}/copy", self._folder()
            ),
            "sign in": lambda: self._ask("POST", "/sessions", self._who),
            "renew a session": self._renew,
            "download by a URL in hand": self._fetch,
            "ask for a download": lambda: self._ask("GET", f"{file}?url=1"),
            "download through the gateway": lambda: self._read(f"{file}?relay=1"),
            "start an upload of one part": self._begin,
            "start an upload of many parts": lambda: self._ask("POST", "/uploads", self._large()),
            "send bytes": lambda: self._send(self._waiting),
            "complete an upload": lambda: self._complete(self._sent["upload"]["id"]),
        }

    async def try_all(self, *, without: Collection[str] = ()) -> dict[str, tuple[str, float]]:
        """At once: in a word how each went, and after how many seconds it was known."""
        rows = {row: act for row, act in self.rows().items() if row not in without}
        outcomes = await asyncio.gather(*(_outcome(act) for act in rows.values()))
        return dict(zip(rows, outcomes, strict=True))

    async def capabilities(self) -> dict[str, bool]:
        """What the gateway says of itself."""
        answer = await self.http.get(f"{self.url}/health/ready")
        return dict(answer.json()["capabilities"])

    async def _ask(self, method: str, path: str, body: Json | None = None) -> Json:
        answer = await self.http.request(method, path, json=body)
        answer.raise_for_status()
        return dict(answer.json())

    async def _read(self, path: str) -> None:
        answer = await self.http.get(path)
        answer.raise_for_status()
        assert answer.content == CONTENT

    async def _renew(self) -> None:
        body = {"refresh_token": self._tokens["refresh_token"]}
        self._tokens = await self._ask("POST", "/sessions/refresh", body)

    async def _begin(self) -> Json:
        part = {"number": 1, "sha256": sha256(CONTENT)}
        name = f"file {next(self._names)}"
        return await self._ask(
            "POST", "/uploads", {"folder_id": "root", "name": name, "size": len(CONTENT), "parts": [part]}
        )

    async def _send(self, started: Json) -> None:
        [signed] = started["urls"]
        answer = await self.storage.request(
            signed["method"], signed["url"], headers=signed["headers"], content=CONTENT
        )
        if answer.status_code != 412:  # 412: it is there already, with exactly these bytes
            answer.raise_for_status()

    async def _complete(self, upload_id: str) -> None:
        done = await self._ask("POST", f"/uploads/{upload_id}/complete", {})
        assert done["state"] == "committed", done

    async def _fetch(self) -> None:
        answer = await self.storage.get(self._in_hand)
        answer.raise_for_status()
        assert answer.content == CONTENT

    def _folder(self) -> Json:
        return {"parent_id": "root", "name": f"folder {next(self._names)}"}

    def _large(self) -> Json:
        return {"folder_id": "root", "name": f"large {next(self._names)}", "size": LARGE_BYTES}


async def _outcome(act: Callable[[], Awaitable[object]]) -> tuple[str, float]:
    began = monotonic()
    try:
        await act()
        word = WORKS
    except httpx.HTTPStatusError as error:
        word = _refusal(error.response)
    except httpx.TransportError:
        word = FAILS
    except AssertionError as error:
        word = str(error)
    return word, monotonic() - began


def _refusal(answer: httpx.Response) -> str:
    """503 in words and with a time to come back; else whatever it was."""
    if answer.status_code == 503 and int(answer.headers.get("retry-after", 0)) > 0:
        problem = answer.json()
        return REFUSED if problem["code"] == "unavailable" and problem["detail"] else answer.text
    return f"{answer.status_code} {answer.text}"
