"""Uploads: from bytes to a file, by signed URLs and through the relay."""

import hashlib
from collections.abc import AsyncIterator

import pytest

from tests.api.conftest import Door, OpenDoor
from tests.fakes.gateway import GatewayWorld
from tests.fakes.gateway_uploads import PART_BYTES

HASH = "Stowage-Part-Sha256"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def test_parts_named_at_the_start_are_signed_at_once(ada: Door) -> None:
    claim = {"number": 1, "sha256": sha256(b"hello")}
    body = {"folder_id": "root", "name": "notes.txt", "size": 5, "parts": [claim]}

    started = (await ada.post("/uploads", json=body)).json()

    assert started["upload"]["part_count"] == 1
    assert started["urls"][0]["url"].startswith("public://")
    assert started["urls_expire_at"] == "2026-05-04T10:30:00Z"


async def test_without_named_parts_nothing_is_signed(ada: Door) -> None:
    started = (await ada.post("/uploads", json={"folder_id": "root", "name": "notes.txt", "size": 5})).json()
    assert (started["urls"], started["urls_expire_at"]) == ([], None)


async def test_a_part_with_its_hash_passes_through_and_is_reported(ada: Door, world: GatewayWorld) -> None:
    upload = await ada.upload(5)

    answer = await ada.request(
        "PUT", f"/uploads/{upload['id']}/parts/1", content=b"hello", headers={HASH: sha256(b"hello")}
    )

    assert answer.status_code == 200
    assert answer.json()["etag"] == world.uploads.kept[upload["id"]].reported[1]


async def test_a_part_without_its_hash_is_held_and_hashed_here(ada: Door, world: GatewayWorld) -> None:
    file = await ada.file(b"hello")
    assert world.uploads.contents[file["id"]] == b"hello"
    assert world.spool.free_bytes == 32 * 2**20


async def test_an_empty_file_goes_in_too(ada: Door) -> None:
    assert (await ada.file(b""))["size"] == 0


async def test_many_parts_are_put_together_in_order(ada: Door, world: GatewayWorld) -> None:
    content = bytes(range(256)) * (PART_BYTES // 256) + b"the rest"
    upload = await ada.upload(len(content))
    for number in (2, 1):
        part = content[(number - 1) * PART_BYTES : number * PART_BYTES]
        path = f"/uploads/{upload['id']}/parts/{number}"
        await ada.request("PUT", path, content=part, headers={HASH: sha256(part)})

    done = (await ada.post(f"/uploads/{upload['id']}/complete", json={})).json()

    assert world.uploads.contents[done["node_id"]] == content


@pytest.mark.parametrize("content", [b"", b"hell", b"hello!"])
async def test_a_part_of_the_wrong_length_is_refused_before_its_number_is_claimed(
    ada: Door, world: GatewayWorld, content: bytes
) -> None:
    upload = await ada.upload(5)

    answer = await ada.request(
        "PUT", f"/uploads/{upload['id']}/parts/1", content=content, headers={HASH: sha256(content)}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "part_length_wrong")
    assert world.uploads.kept[upload["id"]].claims == {}


async def test_bytes_that_are_not_the_announced_ones_are_refused(ada: Door) -> None:
    upload = await ada.upload(5)
    answer = await ada.request(
        "PUT", f"/uploads/{upload['id']}/parts/1", content=b"hello", headers={HASH: sha256(b"world")}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "part_refused")


async def test_a_large_part_needs_its_hash_first(ada: Door) -> None:
    upload = await ada.upload(PART_BYTES * 2)
    answer = await ada.request("PUT", f"/uploads/{upload['id']}/parts/1", content=b"x" * (PART_BYTES + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "part_hash_needed")


async def test_a_part_without_a_length_is_refused(ada: Door) -> None:
    upload = await ada.upload(5)

    async def body() -> AsyncIterator[bytes]:
        yield b"hello"

    answer = await ada.request("PUT", f"/uploads/{upload['id']}/parts/1", content=body())
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


@pytest.mark.parametrize("number", ["0", "1001", "-1", "x", "1.5"])
async def test_a_number_that_no_part_has_is_refused(ada: Door, number: str) -> None:
    upload = await ada.upload(5)
    answer = await ada.request("PUT", f"/uploads/{upload['id']}/parts/{number}", content=b"hello")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")


async def test_a_number_behind_the_last_part_is_refused(ada: Door) -> None:
    upload = await ada.upload(5)
    answer = await ada.request("PUT", f"/uploads/{upload['id']}/parts/2", content=b"hello")
    assert (answer.status_code, answer.json()["code"]) == (422, "part_number_invalid")


async def test_when_too_many_parts_are_held_it_says_to_come_back(ada: Door, world: GatewayWorld) -> None:
    upload = await ada.upload(5)
    async with world.spool.hold(ada.account_id, 16 * 2**20):
        answer = await ada.request("PUT", f"/uploads/{upload['id']}/parts/1", content=b"hello")
        with_hash = await ada.request(
            "PUT", f"/uploads/{upload['id']}/parts/1", content=b"hello", headers={HASH: sha256(b"hello")}
        )
    assert (answer.status_code, answer.json()["code"]) == (429, "relay_busy")
    assert with_hash.status_code == 200


async def test_while_storage_is_away_a_part_can_be_sent_again(ada: Door, world: GatewayWorld) -> None:
    upload = await ada.upload(5)
    path = f"/uploads/{upload['id']}/parts/1"
    world.storage.away = True
    assert (await ada.request("PUT", path, content=b"hello")).status_code == 503
    world.storage.away = False
    assert (await ada.request("PUT", path, content=b"hello")).status_code == 200


async def test_a_part_that_storage_had_already_is_not_reported(ada: Door, world: GatewayWorld) -> None:
    upload = await ada.upload(5)
    path = f"/uploads/{upload['id']}/parts/1"
    world.storage.has_it_already = True
    answer = await ada.request("PUT", path, content=b"hello")
    assert answer.json() == {"number": 1, "etag": ""}
    assert world.uploads.kept[upload["id"]].reported == {}


async def test_parts_sent_straight_to_storage_are_signed_and_reported(ada: Door, world: GatewayWorld) -> None:
    upload = await ada.upload(5)
    claims = {"parts": [{"number": 1, "sha256": sha256(b"hello")}]}
    signed = (await ada.post(f"/uploads/{upload['id']}/urls", json=claims)).json()
    report = {"parts": [{"number": 1, "etag": '"e"'}]}

    assert signed["urls"][0] | {"url": ""} == {
        "number": 1, "method": "PUT", "url": "", "headers": {"sha256": sha256(b"hello")}, "size": 5,
    }  # fmt: skip
    assert (await ada.post(f"/uploads/{upload['id']}/parts", json=report)).status_code == 204
    parts = (await ada.get(f"/uploads/{upload['id']}?parts=true")).json()["parts"]
    assert parts == [{"number": 1, "sha256": sha256(b"hello"), "reported": True}]


@pytest.mark.parametrize(
    "claim",
    [{"number": 0, "sha256": "0" * 64}, {"number": 1001, "sha256": "0" * 64}, {"number": 1, "sha256": "0" * 63},
     {"number": 1, "sha256": "G" * 64}, {"number": 1, "sha256": "A" * 64}, {"number": 1}],
)  # fmt: skip
async def test_a_claim_that_cannot_be_one_is_refused(ada: Door, claim: object) -> None:
    upload = await ada.upload(5)
    answer = await ada.post(f"/uploads/{upload['id']}/urls", json={"parts": [claim]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")


@pytest.mark.parametrize("count", [0, 101])
async def test_parts_come_in_hundreds_at_most(ada: Door, count: int) -> None:
    upload = await ada.upload(5)
    claims = [{"number": number + 1, "sha256": "0" * 64} for number in range(count)]
    assert (await ada.post(f"/uploads/{upload['id']}/urls", json={"parts": claims})).status_code == 422


async def test_a_number_once_announced_takes_no_other_hash(ada: Door) -> None:
    upload = await ada.upload(5)
    for content, status in ((b"hello", 200), (b"world", 409)):
        claims = {"parts": [{"number": 1, "sha256": sha256(content)}]}
        assert (await ada.post(f"/uploads/{upload['id']}/urls", json=claims)).status_code == status


async def test_parts_are_not_spoken_of_unless_asked_for(ada: Door) -> None:
    upload = await ada.upload(5)
    assert (await ada.get(f"/uploads/{upload['id']}")).json() == upload


async def test_completing_too_early_can_be_mended(ada: Door) -> None:
    upload = await ada.upload(5)
    early = await ada.post(f"/uploads/{upload['id']}/complete")
    assert (early.status_code, early.json()["code"]) == (409, "parts_missing")
    await ada.request("PUT", f"/uploads/{upload['id']}/parts/1", content=b"hello")
    done = await ada.post(f"/uploads/{upload['id']}/complete", json={})
    assert (done.status_code, done.json()["state"]) == (200, "committed")
    assert done.headers["stowage-seq"].startswith(ada.account_id)


async def test_what_takes_longer_is_answered_202_and_can_be_asked_for(ada: Door, world: GatewayWorld) -> None:
    upload = await ada.upload(5)
    await ada.request("PUT", f"/uploads/{upload['id']}/parts/1", content=b"hello")
    world.uploads.slow = True
    answer = await ada.post(f"/uploads/{upload['id']}/complete", json={})
    assert (answer.status_code, answer.json()["state"]) == (202, "assembling")
    assert answer.headers["location"] == f"/api/v1/uploads/{answer.json()['id']}"
    assert (await ada.get(f"/uploads/{upload['id']}")).json()["state"] == "assembling"


async def test_a_refused_commit_goes_through_under_another_name(ada: Door) -> None:
    await ada.file(b"first")
    upload = await ada.upload(6)
    await ada.request("PUT", f"/uploads/{upload['id']}/parts/1", content=b"second")
    path = f"/uploads/{upload['id']}/complete"
    assert (await ada.post(path, json={})).json()["code"] == "name_taken"
    assert (await ada.post(path, json={"name": "other.txt"})).json()["committed_name"] == "other.txt"


async def test_an_upload_is_ended_but_not_once_it_is_a_file(ada: Door) -> None:
    upload = await ada.upload(5)
    assert (await ada.request("DELETE", f"/uploads/{upload['id']}")).json()["state"] == "aborting"
    await ada.file(b"hello")
    done = next(each for each in (await ada.get("/uploads")).json()["items"] if each["state"] == "committed")
    refused = await ada.request("DELETE", f"/uploads/{done['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_committed")


async def test_a_file_larger_than_any_is_refused_by_its_own_code(ada: Door) -> None:
    answer = await ada.post("/uploads", json={"folder_id": "root", "name": "x", "size": 2**43})
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")


async def test_somebody_elses_upload_does_not_exist(
    ada: Door, open_door: OpenDoor, world: GatewayWorld
) -> None:
    upload = await ada.upload(5)
    mallory = await open_door()
    await mallory.sign_up("mallory@example.com")
    answer = await mallory.request("PUT", f"/uploads/{upload['id']}/parts/1", content=b"hello")
    assert (answer.status_code, answer.json()["code"]) == (404, "upload_not_found")
    assert world.uploads.kept[upload["id"]].claims == {}


async def test_a_file_of_unknown_length_says_it_at_its_end(ada: Door, world: GatewayWorld) -> None:
    body = {"folder_id": "root", "name": "stream.bin", "size": None}
    upload = (await ada.post("/uploads", json=body)).json()["upload"]
    assert (upload["size"], upload["layout"], upload["part_count"]) == (None, "s1", 1000)

    claim = {"number": 1, "sha256": sha256(b"hello")}
    urls = f"/uploads/{upload['id']}/urls"
    whole = (await ada.post(urls, json={"parts": [claim]})).json()["urls"][0]
    last = (await ada.post(urls, json={"parts": [claim], "size": 5})).json()["urls"][0]
    await ada.request("PUT", f"/uploads/{upload['id']}/parts/1", content=b"hello")
    done = (await ada.post(f"/uploads/{upload['id']}/complete", json={"size": 5})).json()

    assert (whole["size"], last["size"]) == (PART_BYTES, 5)
    assert (done["state"], done["size"]) == ("committed", 5)
    assert world.uploads.contents[done["node_id"]] == b"hello"


async def test_a_file_is_not_complete_before_its_length_is_known(ada: Door) -> None:
    body = {"folder_id": "root", "name": "stream.bin", "size": None}
    upload = (await ada.post("/uploads", json=body)).json()["upload"]

    answer = await ada.post(f"/uploads/{upload['id']}/complete", json={})

    assert (answer.status_code, answer.json()["code"]) == (409, "length_unknown")


async def test_a_start_says_whether_it_knows_its_length(ada: Door) -> None:
    answer = await ada.post("/uploads", json={"folder_id": "root", "name": "stream.bin"})
    assert answer.status_code == 422
