"""Downloads: a redirect, a URL, or the bytes through the gateway."""

import asyncio
from typing import Any

import pytest

from tests.api.conftest import Door
from tests.fakes.gateway import GatewayWorld

CONTENT = bytes(range(256)) * 1024


async def test_a_file_is_fetched_from_where_the_redirect_points(ada: Door) -> None:
    file = await ada.file(CONTENT)
    answer = await ada.get(f"/files/{file['id']}/content")
    assert (answer.status_code, answer.headers["location"]) == (302, f"public://download/{file['id']}")


async def test_the_url_comes_as_json_with_what_the_bytes_must_be(ada: Door) -> None:
    file = await ada.file(CONTENT)
    answer = (await ada.get(f"/files/{file['id']}/content?url=1")).json()
    assert answer["url"] == f"public://download/{file['id']}"
    assert {key: answer[key] for key in ("name", "size", "content_hash", "revision")} == {
        key: file[key] for key in ("name", "size", "content_hash", "revision")
    }


async def test_the_bytes_come_through_the_gateway(ada: Door, world: GatewayWorld) -> None:
    file = await ada.file(CONTENT)
    answer = await ada.get(f"/files/{file['id']}/content?relay=1")
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["content-disposition"].startswith("inline")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert world.storage.open_downloads == 0


async def test_a_range_comes_alone(ada: Door) -> None:
    file = await ada.file(CONTENT)
    answer = await ada.get(f"/files/{file['id']}/content?relay=1", headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, CONTENT[10:20])
    assert answer.headers["content-range"] == f"bytes 10-19/{len(CONTENT)}"


@pytest.mark.parametrize(
    ("tag", "status"), [('"1"', 206), ('"0"', 200), ("Mon, 04 May 2026 09:30:00 GMT", 200)]
)
async def test_a_range_of_another_revision_is_not_mixed_in(ada: Door, tag: str, status: int) -> None:
    file = await ada.file(CONTENT)
    headers = {"Range": "bytes=10-19", "If-Range": tag}
    assert (await ada.get(f"/files/{file['id']}/content?relay=1", headers=headers)).status_code == status


async def test_a_range_behind_the_end_says_where_the_end_is(ada: Door) -> None:
    file = await ada.file(b"hello")
    answer = await ada.get(f"/files/{file['id']}/content?relay=1", headers={"Range": "bytes=5-"})
    assert (answer.status_code, answer.json()["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == "bytes */5"


async def test_an_empty_file_is_relayed_too(ada: Door) -> None:
    file = await ada.file(b"")
    answer = await ada.get(f"/files/{file['id']}/content?relay=1")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")


async def test_url_and_relay_exclude_each_other(ada: Door) -> None:
    file = await ada.file(b"hello")
    assert (await ada.get(f"/files/{file['id']}/content?relay=1&url=1")).status_code == 422


async def test_a_folder_has_no_content(ada: Door) -> None:
    folder = await ada.folder("films")
    answer = await ada.get(f"/files/{folder['id']}/content")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_a_file")


async def test_while_storage_is_away_a_relay_says_so(ada: Door, world: GatewayWorld) -> None:
    file = await ada.file(b"hello")
    world.storage.away = True
    answer = await ada.get(f"/files/{file['id']}/content?relay=1")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (await ada.get(f"/files/{file['id']}/content?url=1")).status_code == 200


class Wire:
    """A bare ASGI client of one relay, which can go away in the middle."""

    def __init__(self, door: Door, world: GatewayWorld, file_id: str) -> None:
        self.sent: list[dict[str, Any]] = []
        self.leave_after = 1000
        self.gone = asyncio.Event()
        self._app = world.application()
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "method": "GET",
            "path": f"/api/v1/files/{file_id}/content",
            "raw_path": f"/api/v1/files/{file_id}/content".encode(),
            "query_string": b"relay=1",
            "headers": [(b"authorization", f"Bearer {door.token}".encode())],
            "root_path": "",
            "scheme": "http",
            "http_version": "1.1",
        }
        self._asked = False

    async def receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)
        if len(self.sent) == self.leave_after:
            self.gone.set()
        await asyncio.sleep(0)

    async def fetch(self) -> None:
        async with asyncio.timeout(5):
            await self._app(self._scope, self.receive, self.send)  # type: ignore[arg-type]  # plain dicts

    @property
    def is_complete(self) -> bool:
        return not self.sent[-1].get("more_body", True)


async def test_when_the_client_goes_storage_is_asked_for_no_more(ada: Door, world: GatewayWorld) -> None:
    file = await ada.file(CONTENT * 4)
    world.storage.chunk_bytes = 1024
    wire = Wire(ada, world, file["id"])
    wire.leave_after = 5

    await wire.fetch()

    assert len(wire.sent) < 20
    assert not wire.is_complete
    assert world.storage.open_downloads == 0


async def test_when_storage_breaks_off_the_answer_stays_incomplete(ada: Door, world: GatewayWorld) -> None:
    file = await ada.file(CONTENT)
    world.storage.breaks_after = 64 * 1024
    wire = Wire(ada, world, file["id"])

    await wire.fetch()

    assert sum(len(message.get("body", b"")) for message in wire.sent) == 64 * 1024
    assert not wire.is_complete
    assert world.storage.open_downloads == 0


async def test_a_range_that_no_header_can_carry_on_is_ignored(ada: Door) -> None:
    file = await ada.file(b"hello")
    headers = {"Range": "bytes=\u0661-\u0662".encode()}
    answer = await ada.get(f"/files/{file['id']}/content?relay=1", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"hello")
