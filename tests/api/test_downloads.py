"""Downloads: a redirect, a URL, or the bytes through the gateway."""

import asyncio
from contextlib import ExitStack
from email import message_from_bytes
from typing import Any

import httpx
import pytest

from tests.api.conftest import Door, OpenDoor
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


def parts_of(answer: httpx.Response) -> list[tuple[str, str, bytes]]:
    """Content-Type, Content-Range and bytes of each part, as a MIME parser finds them."""
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    parts: list[Any] = list(message_from_bytes(head + answer.content).walk())[1:]
    return [(part.get_content_type(), part["Content-Range"], part.get_payload(decode=True)) for part in parts]


async def test_several_ranges_come_as_parts_of_one_answer(ada: Door, world: GatewayWorld) -> None:
    file = await ada.file(b"abcdefghijklmnopqrstuvwxyz")
    headers = {"Range": "bytes=20-, 0-2, 99-, 1-4"}
    answer = await ada.get(f"/files/{file['id']}/content?relay=1", headers=headers)
    assert answer.status_code == 206
    assert answer.headers["content-type"].startswith("multipart/byteranges; boundary=")
    assert "content-range" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert parts_of(answer) == [
        ("text/plain", "bytes 20-25/26", b"uvwxyz"),
        ("text/plain", "bytes 0-4/26", b"abcde"),
    ]
    assert world.storage.open_downloads == 0


@pytest.mark.parametrize("ranges", ["0-9,10-19", "0-14,5-19", "5-19,0-9,0-9"])
async def test_ranges_that_touch_come_as_one(ada: Door, ranges: str) -> None:
    file = await ada.file(CONTENT)
    answer = await ada.get(f"/files/{file['id']}/content?relay=1", headers={"Range": f"bytes={ranges}"})
    assert (answer.headers["content-range"], answer.content) == (f"bytes 0-19/{len(CONTENT)}", CONTENT[:20])


async def test_more_ranges_than_anybody_needs_are_refused(ada: Door, world: GatewayWorld) -> None:
    file = await ada.file(CONTENT)
    ranges = ",".join(f"{each * 10}-{each * 10}" for each in range(17))
    answer = await ada.get(f"/files/{file['id']}/content?relay=1", headers={"Range": f"bytes={ranges}"})
    assert (answer.status_code, answer.json()["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"
    assert world.storage.bytes_read == 0


@pytest.mark.parametrize("tags", ['"1"', 'W/"1"', '"0", W/"1"', "*"])
async def test_who_has_the_bytes_gets_none(ada: Door, world: GatewayWorld, tags: str) -> None:
    file = await ada.file(CONTENT)
    headers = {"If-None-Match": tags, "Range": "bytes=0-9"}
    answer = await ada.get(f"/files/{file['id']}/content?relay=1", headers=headers)
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')
    assert world.storage.bytes_read == 0


@pytest.mark.parametrize("tags", ['"0"', '"11", "v1"', "1", '"*"'])
async def test_who_has_other_bytes_gets_these(ada: Door, tags: str) -> None:
    file = await ada.file(CONTENT)
    answer = await ada.get(f"/files/{file['id']}/content?relay=1", headers={"If-None-Match": tags})
    assert (answer.status_code, answer.content) == (200, CONTENT)


async def test_of_another_ones_file_no_tag_tells_anything(ada: Door, open_door: OpenDoor) -> None:
    file = await ada.file(CONTENT)
    bob = await open_door()
    await bob.sign_up("bob@example.com")
    answer = await bob.get(f"/files/{file['id']}/content?relay=1", headers={"If-None-Match": "*"})
    assert answer.status_code == 404


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

    def __init__(self, door: Door, world: GatewayWorld, address: str, ranges: str | None = None) -> None:
        path, _, query = address.partition("?")
        self.sent: list[dict[str, Any]] = []
        self.leave_after = 1000
        self.gone = asyncio.Event()
        self._app = world.application()
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "method": "GET",
            "path": f"/api/v1{path}",
            "raw_path": f"/api/v1{path}".encode(),
            "query_string": query.encode(),
            "headers": [
                (b"authorization", f"Bearer {door.token}".encode()),
                *([(b"range", ranges.encode())] if ranges else []),
            ],
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


@pytest.mark.parametrize("ranges", [None, "bytes=0-99999,200000-999999", "bytes=0-1000,3000-999999"])
async def test_when_the_client_goes_storage_is_asked_for_no_more(
    ada: Door, world: GatewayWorld, ranges: str | None
) -> None:
    file = await ada.file(CONTENT * 4)
    world.storage.chunk_bytes = 1024
    wire = Wire(ada, world, f"/files/{file['id']}/content?relay=1", ranges)
    wire.leave_after = 5

    await wire.fetch()

    assert len(wire.sent) < 20
    assert not wire.is_complete
    assert (world.storage.open_downloads, world.places.taken) == (0, 0)


async def test_an_account_has_its_share_of_relays_and_others_have_theirs(
    ada: Door, open_door: OpenDoor, world: GatewayWorld
) -> None:
    file = await ada.file(b"hello")
    bob = await open_door()
    await bob.sign_up("bob@example.com")
    theirs = await bob.file(b"hello")
    path = f"/files/{file['id']}/content?relay=1"
    with ExitStack() as others:
        for _ in range(world.places.of_one_account):
            others.enter_context(world.places.taken_by(ada.account_id))
        refused = await ada.get(path)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_relays")
        assert refused.headers["retry-after"]
        part = await ada.request(
            "PUT", f"/uploads/{(await ada.upload(5, 'b'))['id']}/parts/1", content=b"hello"
        )
        assert (part.status_code, part.json()["code"]) == (429, "too_many_relays")
        assert (await ada.get(f"/files/{file['id']}/content?url=1")).status_code == 200
        assert (await bob.get(f"/files/{theirs['id']}/content?relay=1")).status_code == 200
    assert (await ada.get(path)).status_code == 200
    assert world.places.taken == 0


async def test_when_every_place_is_taken_relays_are_put_off_and_all_else_goes_on(
    ada: Door, world: GatewayWorld
) -> None:
    file = await ada.file(b"hello")
    with ExitStack() as others:
        for number in range(world.places.in_total):
            others.enter_context(world.places.taken_by(f"account {number}"))
        refused = await ada.get(f"/files/{file['id']}/content?relay=1")
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert refused.headers["retry-after"]
        assert (await ada.get("/folders/root/entries")).status_code == 200


async def test_when_storage_breaks_off_the_answer_stays_incomplete(ada: Door, world: GatewayWorld) -> None:
    file = await ada.file(CONTENT)
    world.storage.breaks_after = 64 * 1024
    wire = Wire(ada, world, f"/files/{file['id']}/content?relay=1")

    await wire.fetch()

    assert sum(len(message.get("body", b"")) for message in wire.sent) == 64 * 1024
    assert not wire.is_complete
    assert world.storage.open_downloads == 0


async def test_when_storage_breaks_off_between_two_ranges_the_answer_stays_incomplete(
    ada: Door, world: GatewayWorld
) -> None:
    file = await ada.file(CONTENT)
    world.storage.breaks_after = 1024
    wire = Wire(ada, world, f"/files/{file['id']}/content?relay=1", "bytes=0-99,2000-250000")
    world.storage.chunk_bytes = 1024

    await wire.fetch()

    assert wire.sent[0]["status"] == 206
    assert not wire.is_complete
    assert world.storage.open_downloads == 0


async def test_a_range_that_no_header_can_carry_on_is_ignored(ada: Door) -> None:
    file = await ada.file(b"hello")
    headers = {"Range": "bytes=\u0661-\u0662".encode()}
    answer = await ada.get(f"/files/{file['id']}/content?relay=1", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"hello")
