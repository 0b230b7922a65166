"""A program that uploads by REST, step by step, and says each step again until it is answered."""

import asyncio
import hashlib
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpx

from tests.e2e.person import PART_SIZE_BYTES, PASSWORD, Json, part

PATIENCE_SECONDS = 150.0
# An answer that a program may act on; any other refusal fails the round.
_COME_BACK = (429, 502, 503, 504)
_BEGIN_ANEW = {"upload_not_found", "already_aborted", "upload_expired", "upload_not_open"}
_SEND_AGAIN = {"parts_missing"}
# Storage got other bytes: of a line that was cut nobody can tell the difference.
_PART_REFUSED = "part_refused"


class Ended(Exception):
    """This upload never becomes a file: begin another."""


class Refused(AssertionError):
    """The server said what helps nobody."""


@dataclass(slots=True)
class Sender:
    """One account. `repeats`: how often a step had to be said again; `anew`: how many uploads ended by themselves;
    `slowest`: how many seconds the slowest step took, and which it was."""

    api: str
    email: str = field(default_factory=lambda: f"{uuid.uuid4().hex}@example.com")
    repeats: int = 0
    anew: int = 0
    slowest: tuple[float, str] = (0.0, "")
    _http: httpx.AsyncClient = field(init=False)
    _storage: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self._http = httpx.AsyncClient(base_url=f"{self.api}/api/v1", timeout=20)
        self._storage = httpx.AsyncClient(timeout=20)

    async def close(self) -> None:
        await self._http.aclose()
        await self._storage.aclose()

    async def sign_in(self) -> None:
        credentials = {"email": self.email, "password": PASSWORD}
        await self.say("POST", "/accounts", credentials, key=self.email)
        await self._new_session()

    async def say(
        self, method: str, path: str, body: Json | None = None, *, key: str = "", known: frozenset[str] = frozenset(),
        **options: Any,
    ) -> httpx.Response:  # fmt: skip
        """Until it is answered. Raises Refused unless it succeeds or its `code` is `known`."""
        headers = {"Idempotency-Key": key or uuid.uuid4().hex, **options.pop("headers", {})}
        began = monotonic()
        while True:
            pause = 0.2
            try:
                answer = await self._http.request(method, path, json=body, headers=headers, **options)
                if answer.status_code == 401 and path != "/sessions":
                    await self._new_session()
                elif answer.status_code not in _COME_BACK:
                    self.slowest = max(self.slowest, (monotonic() - began, f"{method} {path}"))
                    return _understood(answer, method, path, known)
                pause = min(1.0, float(answer.headers.get("retry-after", pause)))
            except httpx.TransportError:
                pass
            assert monotonic() < began + PATIENCE_SECONDS, f"{method} {path} is answered by nobody"
            self.repeats += 1
            await asyncio.sleep(pause)

    async def upload(self, name: str, body: bytes, *, relayed: bool = False, **facts: Any) -> str:
        """Goes on until it is a file; its id."""
        deadline = monotonic() + PATIENCE_SECONDS
        while monotonic() < deadline:
            try:
                return await self._one_upload(name, body, relayed=relayed, facts=facts)
            except Ended:
                self.anew += 1
        raise AssertionError(f"{name} becomes no file")

    async def _one_upload(self, name: str, body: bytes, *, relayed: bool, facts: Json) -> str:
        upload_id = await self.start(name, body, **facts)
        numbers = list(range(1, max(1, -(-len(body) // PART_SIZE_BYTES)) + 1))
        for _ in range(40):
            await asyncio.gather(*(self.send(upload_id, number, body, relayed=relayed) for number in numbers))
            answer = await self.say(
                "POST", f"/uploads/{upload_id}/complete", {}, known=frozenset(_BEGIN_ANEW | _SEND_AGAIN)
            )
            while answer.status_code == 202:
                await asyncio.sleep(0.1)
                answer = await self.say(
                    "POST", f"/uploads/{upload_id}/complete", {}, known=frozenset(_BEGIN_ANEW | _SEND_AGAIN)
                )
            told = answer.json()
            if answer.is_success and told["state"] == "committed":
                return str(told["node_id"])
            if answer.is_success or told["code"] in _BEGIN_ANEW:
                raise Ended
        raise AssertionError(f"{name}: its parts never arrive")

    async def start(self, name: str, body: bytes, **facts: Any) -> str:
        request = {"folder_id": "root", "name": name, "size": len(body), **facts}
        return str((await self.say("POST", "/uploads", request)).json()["upload"]["id"])

    async def sign(self, upload_id: str, number: int, body: bytes) -> Json | None:
        """None if the upload takes no more parts."""
        claim = {"number": number, "sha256": hashlib.sha256(part(body, number)).hexdigest()}
        answer = await self.say(
            "POST", f"/uploads/{upload_id}/urls", {"parts": [claim]}, known=frozenset(_BEGIN_ANEW)
        )
        return dict(answer.json()["urls"][0]) if answer.is_success else None

    async def send(self, upload_id: str, number: int, body: bytes, *, relayed: bool = False) -> None:
        """The part lies in storage, or the upload takes no more of them: to complete it tells."""
        content, deadline = part(body, number), monotonic() + PATIENCE_SECONDS
        if relayed:
            await self._relay(upload_id, number, content)
            return
        while (signed := await self.sign(upload_id, number, body)) is not None:
            if await self.put(signed, content):
                return
            assert monotonic() < deadline, f"storage takes part {number} not at all"
            self.repeats += 1
            await asyncio.sleep(0.2)

    async def put(self, signed: Json, content: bytes) -> bool:
        """Whether storage has these bytes now, and says so."""
        try:
            answer = await self._storage.request(
                signed["method"], signed["url"], headers=signed["headers"], content=content
            )
        except httpx.TransportError:
            return False
        return answer.status_code in (200, 412)

    async def _relay(self, upload_id: str, number: int, content: bytes) -> None:
        headers = {"Stowage-Part-Sha256": hashlib.sha256(content).hexdigest()}
        path, known = f"/uploads/{upload_id}/parts/{number}", frozenset({*_BEGIN_ANEW, _PART_REFUSED})
        for _ in range(20):
            answer = await self.say("PUT", path, headers=headers, content=content, known=known)
            if answer.is_success or answer.json()["code"] != _PART_REFUSED:
                return
            self.repeats += 1
        raise AssertionError(f"{path}: the right bytes are refused")

    async def content(self, node_id: str) -> bytes:
        """Raises AssertionError if it cannot be had."""
        url = (await self.say("GET", f"/files/{node_id}/content?url=1")).json()["url"]
        for _ in range(9):
            with suppress(httpx.TransportError):  # a connection that was spoiled before
                answer = await self._storage.get(url)
                break
        else:
            raise AssertionError(f"{node_id}: storage does not answer")
        assert answer.status_code == 200, f"{node_id}: {answer.status_code} {answer.text[:300]}"
        return answer.content

    async def _new_session(self) -> None:
        answer = await self.say("POST", "/sessions", {"email": self.email, "password": PASSWORD})
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def _understood(answer: httpx.Response, method: str, path: str, known: frozenset[str]) -> httpx.Response:
    if answer.is_success:
        return answer
    try:
        code = answer.json()["code"]
    except (ValueError, KeyError):
        code = ""
    if code not in known:
        raise Refused(f"{method} {path}: {answer.status_code} {answer.text}")
    return answer
