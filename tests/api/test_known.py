"""Content that a drive holds already, by REST."""

import pytest

from tests.api.conftest import Door
from tests.fakes.gateway import GatewayWorld
from tests.fakes.gateway_uploads import PART_BYTES

NEW = {"folder_id": "root", "name": "copy.txt", "size": 5}


async def test_what_the_drive_holds_is_a_file_at_once(ada: Door, world: GatewayWorld) -> None:
    file = await ada.file(b"hello")
    answer = await ada.post("/uploads", json={**NEW, "content_hash": file["content_hash"]})
    started = answer.json()
    assert (answer.status_code, started["upload"]["state"], started["urls"]) == (201, "committed", [])
    assert started["upload"]["node_id"] != file["id"]
    assert answer.headers["Stowage-Seq"]


async def test_an_open_upload_becomes_a_file_of_what_the_drive_holds(ada: Door) -> None:
    file, upload = await ada.file(b"hello"), await ada.upload(5, "copy.txt")
    answer = await ada.post(f"/uploads/{upload['id']}/known", json={"content_hash": file["content_hash"]})
    assert (answer.status_code, answer.json()["state"]) == (200, "committed")
    assert answer.headers["Stowage-Seq"]


async def test_what_is_not_known_leaves_the_upload_open(ada: Door) -> None:
    upload = await ada.upload(5)
    answer = await ada.post(f"/uploads/{upload['id']}/known", json={"content_hash": "c0" * 32})
    assert (answer.status_code, answer.json()["state"]) == (200, "open")
    assert "Stowage-Seq" not in answer.headers


@pytest.mark.parametrize("hash_", ["", "c0", "C0" * 32, "g0" * 32, 7, ["c0" * 32]])
async def test_what_is_no_hash_is_refused(ada: Door, hash_: object) -> None:
    upload = await ada.upload(5)
    for answer in (
        await ada.post("/uploads", json={**NEW, "content_hash": hash_}),
        await ada.post(f"/uploads/{upload['id']}/known", json={"content_hash": hash_}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")


async def test_an_upload_that_is_not_there_has_nothing_known(ada: Door) -> None:
    answer = await ada.post(f"/uploads/{'e' * 32}/known", json={"content_hash": "c0" * 32})
    assert (answer.status_code, answer.json()["code"]) == (404, "upload_not_found")


async def test_parts_that_the_base_has_are_reported(ada: Door) -> None:
    base, upload = await ada.file(b"hello"), await ada.upload(PART_BYTES + 1, "new.bin")
    body = {"content_hash": "c0" * 32, "parts": [{"number": 2, "sha256": "c1" * 32}]}
    path = f"/uploads/{upload['id']}/known"
    assert (await ada.post(path, json=body)).json()["parts"] == []
    told = (await ada.post(path, json={**body, "base": {"file_id": base["id"]}})).json()
    assert told["parts"] == [{"number": 2, "sha256": "c1" * 32, "reported": True}]
    assert (told["state"], told["more"]) == ("open", False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"parts": [{"number": 1, "sha256": "c1" * 32}] * 1001},
        {"parts": [{"number": 0, "sha256": "c1" * 32}]},
        {"parts": [{"number": 1, "sha256": "c1"}]},
        {"base": {}},
        {"base": {"file_id": "../etc"}},
        {"base": {"file_id": "e" * 32, "version": -1}},
    ],
)
async def test_what_cannot_be_parts_or_a_base_is_refused(ada: Door, wrong: dict[str, object]) -> None:
    upload = await ada.upload(5)
    answer = await ada.post(f"/uploads/{upload['id']}/known", json={"content_hash": "c0" * 32} | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")
