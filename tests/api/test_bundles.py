"""Many small files at once: an answer for each, and one that is refused spoils no other."""

import hashlib

from tests.api.conftest import Door, Json, OpenDoor
from tests.fakes.gateway import GatewayWorld


def a_file(name: str, content: bytes, folder_id: str = "root", **more: object) -> Json:
    sha256 = hashlib.sha256(content).hexdigest()
    return {"folder_id": folder_id, "name": name, "size": len(content), "sha256": sha256, **more}


async def start(ada: Door, *files: Json, **options: object) -> Json:
    answer = await ada.post("/bundles", json={"files": files}, **options)
    assert answer.status_code == 201, answer.text
    told: Json = answer.json()
    return told


def sent(world: GatewayWorld, bundle: Json, number: int, content: bytes) -> None:
    """As the storage behind the URL."""
    world.storage.objects[f"internal://{bundle['id']}/{number}"] = content


def codes(bundle: Json) -> list[str | None]:
    return [file["problem"] and file["problem"]["code"] for file in bundle["files"]]


async def test_each_gets_its_url_or_its_refusal_and_then_its_file(ada: Door, world: GatewayWorld) -> None:
    bundle = await start(
        ada,
        a_file("a", b"one"),
        a_file("A", b"two"),
        a_file("b", b"", folder_id="f" * 32),
        a_file("c", b"four"),
    )
    assert [file["status"] for file in bundle["files"]] == [201, 201, 404, 201]
    assert bundle["files"][0]["put"]["headers"] == {"sha256": hashlib.sha256(b"one").hexdigest()}
    sent(world, bundle, 1, b"one")
    sent(world, bundle, 2, b"two")

    answer = await ada.post(f"/bundles/{bundle['id']}/complete")

    done = answer.json()
    assert answer.status_code == 200
    assert answer.headers["stowage-seq"]
    assert codes(done) == [None, "name_taken", "node_not_found", "parts_missing"]
    assert done["files"][0]["file"]["name"] == "a"
    assert [file["put"] for file in done["files"]] == [None] * 4
    assert world.uploads.contents[done["files"][0]["file"]["node_id"]] == b"one"


async def test_the_same_key_is_the_same_bundle(ada: Door) -> None:
    key = {"Idempotency-Key": "once"}
    first = await start(ada, a_file("a", b"one"), headers=key)
    assert (await start(ada, a_file("a", b"one"), headers=key))["id"] == first["id"]
    other = await ada.post("/bundles", json={"files": [a_file("b", b"")]}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "command_id_reused")


async def test_it_can_be_ended(ada: Door) -> None:
    bundle = await start(ada, a_file("a", b"one"))
    answer = await ada.request("DELETE", f"/bundles/{bundle['id']}")
    assert answer.status_code == 200
    assert codes(answer.json()) == ["already_aborted"]


async def test_somebody_else_s_is_not_there(ada: Door, open_door: OpenDoor) -> None:
    bundle, bob = await start(ada, a_file("a", b"one")), await open_door()
    await bob.sign_up("bob@example.com")
    for answer in (
        await bob.post(f"/bundles/{bundle['id']}/complete"),
        await bob.request("DELETE", f"/bundles/{bundle['id']}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "bundle_not_found")


async def test_too_many_none_or_too_large_are_refused(ada: Door) -> None:
    large = {**a_file("a", b""), "size": 8 * 2**20 + 1}
    for files in ([], [a_file("a", b"")] * 101, [large], [{**a_file("a", b""), "sha256": "no"}]):
        answer = await ada.post("/bundles", json={"files": files})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")
