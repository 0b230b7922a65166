"""A program of somebody's own: says an unsafe thing again with its key until it is answered, a safe one only once."""

import asyncio
import hashlib
import uuid
from time import monotonic
from typing import Any

import httpx

from tests.e2e.load.balancer import PATIENCE_SECONDS, Balancer
from tests.e2e.person import PASSWORD, Json

_COME_BACK = (429, 503)
_GIVE_UP_SECONDS = 90.0


class Unserved(Exception):
    """A safe call failed; the tally has it."""


class Client:
    """One account's program. `account_id` once it has signed up."""

    def __init__(self, balancer: Balancer, storage: httpx.AsyncClient) -> None:
        self._balancer = balancer
        self._storage = storage
        self._email = f"{uuid.uuid4().hex}@example.com"
        self._access_token = self._refresh_token = ""
        self._renewing = asyncio.Lock()

    async def sign_up(self) -> None:
        await self.do("POST", "/accounts", "sign up", {"email": self._email, "password": PASSWORD})
        await self.sign_in()

    async def sign_in(self) -> None:
        async with self._renewing:
            body = {"email": self._email, "password": PASSWORD}
            self._take(await self.do("POST", "/sessions", "sign in", body))

    async def refresh(self) -> None:
        async with self._renewing:
            body = {"refresh_token": self._refresh_token}
            self._take(await self.do("POST", "/sessions/refresh", "refresh", body))

    def _take(self, tokens: Json) -> None:
        self._access_token, self._refresh_token = tokens["access_token"], tokens["refresh_token"]

    async def get(self, path: str, what: str, **params: str | int) -> Json:
        """Raises Unserved."""
        try:
            answer = await self._balancer.call(
                "GET", path, what=what, params=params, headers=self._authorization()
            )
        except httpx.TransportError as error:
            raise Unserved from error
        if answer.is_error:
            raise Unserved
        return dict(answer.json())

    async def do(self, method: str, path: str, what: str, body: Json | None = None) -> Json:
        """Takes effect once, however often it has to be said. Fails on a refusal."""
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        deadline = monotonic() + _GIVE_UP_SECONDS
        while True:
            try:
                answer = await self._balancer.call(
                    method, path, what=what, json=body, headers=headers | self._authorization()
                )
            except httpx.TransportError:
                pause = 0.1
            else:
                if answer.status_code not in _COME_BACK:
                    assert answer.is_success, f"{what}: {method} {path} {body}: {answer.text}"
                    return dict(answer.json()) if answer.content else {}
                pause = float(answer.headers["retry-after"])
            assert monotonic() < deadline, f"{what}: {method} {path} is answered by nobody"
            self._balancer.tally.repeats += 1
            await asyncio.sleep(pause)

    async def attempt(
        self, method: str, path: str, what: str, body: Json | None = None, **options: Any
    ) -> httpx.Response:
        """Says it once, whatever comes of it. Raises httpx.TransportError."""
        headers = options.pop("headers", {}) | self._authorization()
        return await self._balancer.call(method, path, what=what, json=body, headers=headers, **options)

    async def come_back(self) -> None:
        """What a client does before it asks again."""
        await asyncio.sleep(0.1)

    async def upload(self, folder_id: str, name: str, content: bytes) -> str:
        """Returns the file's id."""
        part = {"number": 1, "sha256": hashlib.sha256(content).hexdigest()}
        request = {"folder_id": folder_id, "name": name, "size": len(content), "parts": [part]}
        started = await self.do("POST", "/uploads", "start upload", request)
        await self._send(started["urls"][0], content)
        path, deadline = f"/uploads/{started['upload']['id']}/complete", monotonic() + _GIVE_UP_SECONDS
        while (upload := await self.do("POST", path, "complete", {}))["state"] != "committed":
            assert monotonic() < deadline, upload
            await asyncio.sleep(0.2)
        return str(upload["node_id"])

    async def _send(self, signed: Json, content: bytes) -> None:
        answer = await self._storage.request(
            signed["method"],
            signed["url"],
            headers=signed["headers"],
            content=content,
            timeout=PATIENCE_SECONDS,
        )
        assert answer.status_code in (200, 412), answer.text

    async def download(self, file_id: str) -> bytes:
        """Raises Unserved."""
        url = (await self.get(f"/files/{file_id}/content", "download", url=1))["url"]
        answer = await self._storage.get(url, timeout=PATIENCE_SECONDS)
        assert answer.status_code == 200, answer.text
        return answer.content

    async def entries(self, folder_id: str) -> list[Json]:
        """Raises Unserved."""
        page = await self.get(f"/folders/{folder_id}/entries", "list", limit=1000)
        return list(page["items"])

    async def trash(self) -> list[Json]:
        """Raises Unserved."""
        return list((await self.get("/trash", "list trash", limit=1000))["items"])

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._access_token}"} if self._access_token else {}
