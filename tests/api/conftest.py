"""The gateway over ASGI, its services in memory; every answer is held against the document."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api_gateway.adapters.http.wiring import Bounds
from tests.api.declared import declared
from tests.fakes.gateway import GatewayWorld

PASSWORD = "correct horse battery staple"
Json = dict[str, Any]


class Door:
    """A client of one application. `token` goes along with every request unless it says otherwise."""

    def __init__(self, app: FastAPI, *, peer: str = "192.0.2.7") -> None:
        self.declared = declared()
        transport = httpx.ASGITransport(app=app, client=(peer, 5000))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://gateway")
        self.token = ""
        self.account_id = ""

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= options.pop("headers", {})
        url = (
            path
            if path.startswith(("/health", "/openapi", "/docs", "/?")) or path == "/"
            else f"/api/v1{path}"
        )
        answer = await self.http.request(method, url, headers=headers, **options)
        if not url.startswith(("/openapi", "/docs")) and url != "/":
            self.declared.check(answer)
        return answer

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("GET", path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("POST", path, **options)

    async def sign_up(self, email: str = "ada@example.com") -> Json:
        account = await self.post("/accounts", json={"email": email, "password": PASSWORD})
        self.account_id = account.json()["id"]
        answer = await self.post("/sessions", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        tokens: Json = answer.json()
        self.token = tokens["access_token"]
        return tokens

    async def folder(self, name: str, parent_id: str = "root") -> Json:
        answer = await self.post("/folders", json={"parent_id": parent_id, "name": name})
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made

    async def upload(self, size: int, name: str = "notes.txt") -> Json:
        answer = await self.post("/uploads", json={"folder_id": "root", "name": name, "size": size})
        assert answer.status_code == 201, answer.text
        upload: Json = answer.json()["upload"]
        return upload

    async def file(self, content: bytes, name: str = "notes.txt") -> Json:
        """Put through the relay."""
        upload = await self.upload(len(content), name)
        answer = await self.request("PUT", f"/uploads/{upload['id']}/parts/1", content=content)
        assert answer.status_code == 200, answer.text
        done = await self.post(f"/uploads/{upload['id']}/complete", json={})
        assert done.status_code == 200, done.text
        file: Json = (await self.get(f"/nodes/{done.json()['node_id']}")).json()
        return file


OpenDoor = Callable[..., Awaitable[Door]]


@pytest.fixture
def world() -> GatewayWorld:
    return GatewayWorld()


@pytest.fixture
async def open_door(world: GatewayWorld) -> AsyncIterator[OpenDoor]:
    async with AsyncExitStack() as stack:

        async def opened(bounds: Bounds | None = None, *, peer: str = "192.0.2.7") -> Door:
            door = Door(world.application(bounds), peer=peer)
            await stack.enter_async_context(door.http)
            return door

        yield opened


@pytest.fixture
async def door(open_door: OpenDoor) -> Door:
    """Nobody has signed in."""
    return await open_door()


@pytest.fixture
async def ada(open_door: OpenDoor) -> Door:
    """Ada has signed in."""
    door = await open_door()
    await door.sign_up()
    return door
