"""What files were: listed, fetched, brought back, kept, forgotten."""

import hashlib

import pytest

from tests.api.conftest import Door, Json
from tests.fakes.gateway import GatewayWorld

NOBODYS = "f" * 32


async def replaced(ada: Door, *contents: bytes, name: str = "notes.txt") -> Json:
    """A file that was each of these, in order."""
    for content in contents:
        body = {"folder_id": "root", "name": name, "size": len(content), "conflict": "replace"}
        upload = (await ada.post("/uploads", json=body)).json()["upload"]
        await ada.request("PUT", f"/uploads/{upload['id']}/parts/1", content=content)
        done = (await ada.post(f"/uploads/{upload['id']}/complete", json={})).json()
    file: Json = (await ada.get(f"/nodes/{done['node_id']}")).json()
    return file


async def numbers(ada: Door, file: Json) -> list[int]:
    listed = (await ada.get(f"/files/{file['id']}/versions")).json()["items"]
    return [it["number"] for it in listed]


async def test_versions_are_listed_newest_first(ada: Door) -> None:
    file = await replaced(ada, b"one", b"twice", b"three!!")
    page = (await ada.get(f"/files/{file['id']}/versions")).json()
    assert page["next_cursor"] is None
    assert [(it["number"], it["size"], it["current"]) for it in page["items"]] == [
        (3, 7, True),
        (2, 5, False),
        (1, 3, False),
    ]
    assert page["items"][0]["replaced_at"] is None
    assert page["items"][1] == {
        "number": 2,
        "size": 5,
        "content_type": "application/octet-stream",
        "content_hash": hashlib.sha256(b"twice").hexdigest(),
        "layout": "p23",
        "created_at": "2026-05-04T09:30:00Z",
        "actor": f"account:{ada.account_id}",
        "kept": False,
        "current": False,
        "replaced_at": "2026-05-04T09:30:00Z",
    }


async def test_versions_come_page_by_page(ada: Door) -> None:
    file = await replaced(ada, b"1", b"2", b"3", b"4", b"5")
    seen, cursor = [], ""
    for _ in range(3):
        page = (await ada.get(f"/files/{file['id']}/versions", params={"limit": 2, "cursor": cursor})).json()
        seen += [it["number"] for it in page["items"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == ([5, 4, 3, 2, 1], None)


async def test_the_list_is_of_the_drive_that_was_seen(ada: Door) -> None:
    file = await replaced(ada, b"1")
    headers = {"Stowage-Seq": f"{ada.account_id}.j2.0"}
    answer = await ada.get(f"/files/{file['id']}/versions", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "cursor_reset")


async def test_a_past_version_is_fetched_in_each_way(ada: Door) -> None:
    file = await replaced(ada, b"one", b"twice")
    path = f"/files/{file['id']}/content"
    redirect = await ada.get(f"{path}?version=1")
    assert (redirect.status_code, redirect.headers["location"]) == (302, f"public://download/{file['id']}/1")
    link = (await ada.get(f"{path}?version=1&url=1")).json()
    assert (link["name"], link["size"]) == ("notes.txt", 3)
    assert link["content_hash"] == hashlib.sha256(b"one").hexdigest()
    relayed = await ada.get(f"{path}?version=1&relay=1")
    assert (relayed.content, relayed.headers["etag"]) == (b"one", '"v1"')
    assert (await ada.get(f"{path}?relay=1")).content == b"twice"


@pytest.mark.parametrize(("tag", "status"), [('"v1"', 206), ('"1"', 200), ('"2"', 200)])
async def test_a_range_of_a_version_is_of_that_version(ada: Door, tag: str, status: int) -> None:
    file = await replaced(ada, b"one", b"twice")
    headers = {"Range": "bytes=0-1", "If-Range": tag}
    answer = await ada.get(f"/files/{file['id']}/content?version=1&relay=1", headers=headers)
    assert (answer.status_code, answer.content) == (status, b"on" if status == 206 else b"one")


async def test_the_current_version_may_be_asked_for_by_its_number(ada: Door) -> None:
    file = await replaced(ada, b"one", b"twice")
    answer = await ada.get(f"/files/{file['id']}/content?version=2&relay=1")
    assert (answer.content, answer.headers["etag"]) == (b"twice", '"v2"')


async def test_a_version_is_brought_back_as_a_new_one(ada: Door) -> None:
    file = await replaced(ada, b"one", b"twice")
    answer = await ada.post(f"/files/{file['id']}/versions/1/restore", headers={"If-Match": '"2"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"3"')
    assert (answer.json()["version"], answer.json()["size"]) == (3, 3)
    assert answer.headers["stowage-seq"].startswith(f"{ada.account_id}.j1.")
    assert (await ada.get(f"/files/{file['id']}/content?relay=1")).content == b"one"


async def test_bringing_back_minds_what_the_caller_saw(ada: Door) -> None:
    file = await replaced(ada, b"one", b"twice")
    answer = await ada.post(f"/files/{file['id']}/versions/1/restore", headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "revision_stale")


async def test_a_version_is_kept_and_kept_no_more(ada: Door) -> None:
    file = await replaced(ada, b"one", b"twice")
    path = f"/files/{file['id']}/versions/1"
    kept = await ada.request("PATCH", path, json={"keep": True})
    assert (kept.status_code, kept.json()["kept"]) == (200, True)
    assert (await ada.request("PATCH", path, json={"keep": False})).json()["kept"] is False


@pytest.mark.parametrize("body", [{}, {"keep": "yes"}, {"keep": None}, {"keep": True, "name": "a"}])
async def test_keeping_says_whether(ada: Door, body: Json) -> None:
    file = await replaced(ada, b"one", b"twice")
    answer = await ada.request("PATCH", f"/files/{file['id']}/versions/1", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")


async def test_a_version_is_forgotten(ada: Door) -> None:
    file = await replaced(ada, b"one", b"twice", b"three!!")
    answer = await ada.request("DELETE", f"/files/{file['id']}/versions/2")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["stowage-seq"]
    assert await numbers(ada, file) == [3, 1]
    gone = await ada.get(f"/files/{file['id']}/content?version=2")
    assert (gone.status_code, gone.json()["code"]) == (404, "version_not_found")


async def test_the_current_version_stays(ada: Door) -> None:
    file = await replaced(ada, b"one")
    path = f"/files/{file['id']}/versions/1"
    for answer in (await ada.request("DELETE", path), await ada.post(f"{path}/restore")):
        assert (answer.status_code, answer.json()["code"]) == (409, "version_is_current")


@pytest.mark.parametrize("number", ["0", "-1", "x", str(2**53 + 1)])
async def test_numbers_of_versions_have_bounds(ada: Door, number: str) -> None:
    file = await replaced(ada, b"one")
    for answer in (
        await ada.request("DELETE", f"/files/{file['id']}/versions/{number}"),
        await ada.get(f"/files/{file['id']}/content?version={number}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")


async def test_the_key_of_a_repeat_goes_along(ada: Door, world: GatewayWorld) -> None:
    file = await replaced(ada, b"one", b"twice")
    path, headers = f"/files/{file['id']}/versions/1", {"Idempotency-Key": "again"}
    await ada.post(f"{path}/restore", headers=headers)
    await ada.request("PATCH", path, json={"keep": True}, headers=headers)
    await ada.request("DELETE", path, headers=headers)
    assert world.versions.command_ids == ["again"] * 3


async def test_what_is_not_there_has_no_versions(ada: Door) -> None:
    for answer in (
        await ada.get(f"/files/{NOBODYS}/versions"),
        await ada.post(f"/files/{NOBODYS}/versions/1/restore"),
        await ada.request("PATCH", f"/files/{NOBODYS}/versions/1", json={"keep": True}),
        await ada.request("DELETE", f"/files/{NOBODYS}/versions/1"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "node_not_found")


async def test_past_versions_are_shown_apart_in_the_drive(ada: Door) -> None:
    await replaced(ada, b"one", b"twice")
    drive = (await ada.get("/drive")).json()
    assert (drive["bytes_used"], drive["versions_bytes"]) == (8, 3)
