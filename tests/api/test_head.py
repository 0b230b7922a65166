"""HEAD: what GET would answer, without its body, and without the work of making one."""

import pytest

from tests.api.conftest import Door
from tests.fakes.gateway import GatewayWorld

READABLE = [
    "/account", "/sessions", "/drive", "/nodes/root", "/nodes/root?ancestors=1", "/folders/root/entries", "/paths/",
    "/trash", "/uploads", "/nodes/00000000000000000000000000000000", "/folders/root/entries?limit=0", "/nothing",
    "/accounts", "/health/live", "/health/ready", "/docs", "/openapi.json",
]  # fmt: skip
OF_EACH_REQUEST = ("x-request-id",)


@pytest.mark.parametrize("path", READABLE)
async def test_it_answers_as_get_does_without_a_body(ada: Door, path: str) -> None:
    asked, got = await ada.request("HEAD", path), await ada.get(path)
    assert asked.content == b""
    assert asked.status_code == got.status_code
    assert {name: value for name, value in asked.headers.items() if name not in OF_EACH_REQUEST} == {
        name: value for name, value in got.headers.items() if name not in OF_EACH_REQUEST
    }


@pytest.mark.parametrize("path", ["/account", "/nodes/root"])
async def test_without_a_token_it_is_refused_as_get_is(door: Door, path: str) -> None:
    assert (await door.request("HEAD", path)).status_code == 401


async def test_of_a_relayed_file_nothing_is_read_from_storage(ada: Door, world: GatewayWorld) -> None:
    file = await ada.file(b"hello")

    answer = await ada.request("HEAD", f"/files/{file['id']}/content?relay=1")

    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "5", b"")
    assert answer.headers["etag"] == f'"{file["revision"]}"'
    assert (world.storage.open_downloads, world.storage.bytes_read) == (0, 0)


async def test_ranges_are_not_for_head(ada: Door) -> None:
    file = await ada.file(b"hello")
    headers = {"Range": "bytes=1-2,9-"}
    answer = await ada.request("HEAD", f"/files/{file['id']}/content?relay=1", headers=headers)
    assert (answer.status_code, answer.headers["content-length"]) == (200, "5")


async def test_who_has_the_bytes_is_told_so_by_head_too(ada: Door) -> None:
    file = await ada.file(b"hello")
    headers = {"If-None-Match": '"1"'}
    answer = await ada.request("HEAD", f"/files/{file['id']}/content?relay=1", headers=headers)
    assert answer.status_code == 304


async def test_of_a_file_in_storage_it_says_where(ada: Door) -> None:
    file = await ada.file(b"hello")
    answer = await ada.request("HEAD", f"/files/{file['id']}/content")
    assert (answer.status_code, answer.content) == (302, b"")
    assert answer.headers["location"]


async def test_a_path_that_cannot_be_read_does_not_take_it(ada: Door) -> None:
    answer = await ada.request("HEAD", "/accounts")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
