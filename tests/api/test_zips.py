"""Folders and selections as a zip."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from api_gateway.app.zip_nodes import Zip, ZipNodes
from api_gateway.domain.identity import Caller
from chassis.errors import Unavailable
from tests.api.conftest import Door, Json, OpenDoor
from tests.api.test_downloads import Wire
from tests.fakes.gateway import GatewayWorld

FAR = datetime(2100, 1, 1, tzinfo=UTC)


async def file_in(door: Door, folder_id: str, content: bytes, name: str) -> Json:
    file = await door.file(content, name)
    moved = await door.request("PATCH", f"/nodes/{file['id']}", json={"parent_id": folder_id})
    assert moved.status_code == 200, moved.text
    answer: Json = moved.json()
    return answer


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(set(archive.namelist()))
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
async def films(ada: Door) -> Json:
    """A folder with a file, and in it one with another and an empty one."""
    films = await ada.folder("films")
    old = await ada.folder("old", films["id"])
    await ada.folder("none", films["id"])
    await file_in(ada, films["id"], b"hello" * 40_000, "a.txt")
    await file_in(ada, old["id"], b"world", "größe €.txt")
    await file_in(ada, old["id"], b"", "empty")
    return films


HELD = {
    "films/": b"",
    "films/a.txt": b"hello" * 40_000,
    "films/none/": b"",
    "films/old/": b"",
    "films/old/empty": b"",
    "films/old/größe €.txt": b"world",
}


async def test_a_folder_comes_with_all_that_is_in_it(ada: Door, films: Json, world: GatewayWorld) -> None:
    answer = await ada.get(f"/folders/{films['id']}/zip")
    assert answer.status_code == 200
    assert opened(answer.content) == HELD
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["accept-ranges"] == "none"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"films.zip\"; filename*=UTF-8''films.zip"
    )
    assert (world.storage.open_downloads, world.places.taken) == (0, 0)


async def test_the_whole_drive_can_be_had(ada: Door, films: Json) -> None:
    answer = await ada.get("/folders/root/zip")
    assert opened(answer.content) == {"Stowage/": b""} | {f"Stowage/{name}": it for name, it in HELD.items()}


async def test_a_selection_stands_side_by_side(ada: Door, films: Json) -> None:
    other = await ada.folder("other")
    inner = await ada.folder("Films", other["id"])
    note = await file_in(ada, other["id"], b"note", "note.txt")
    ids = [films["id"], inner["id"], note["id"], note["id"]]

    answer = await ada.get("/zip", params={"id": ids})

    assert opened(answer.content) == HELD | {"Films (2)/": b"", "note.txt": b"note"}
    assert "stowage.zip" in answer.headers["content-disposition"]


async def test_a_hostile_name_leaves_neither_header_nor_folder(ada: Door) -> None:
    folder = await ada.folder('a"; filename=b\u20ac')
    await file_in(ada, folder["id"], b"up", "..\\..\\up")
    await file_in(ada, folder["id"], b"dots", ".. ")

    answer = await ada.get(f"/folders/{folder['id']}/zip")

    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"a__ filename_b_.zip\"; filename*=UTF-8''a%22%3B%20filename%3Db%E2%82%AC.zip"
    )
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
    assert names == ['a"; filename=b€/', 'a"; filename=b€/.. _', 'a"; filename=b€/..＼..＼up']


@pytest.mark.parametrize("path", ["/folders/{}/zip", "/zip?id={}"])
async def test_of_what_is_not_ones_own_or_in_the_trash_there_is_none(
    ada: Door, films: Json, open_door: OpenDoor, path: str
) -> None:
    bob = await open_door()
    await bob.sign_up("bob@example.com")
    address = path.format(films["id"])
    assert (await bob.get(address)).status_code == 404
    assert (await ada.get(address)).status_code == 200
    await ada.request("DELETE", f"/nodes/{films['id']}")
    refused = await ada.get(address)
    assert (refused.status_code, refused.json()["code"]) == (404, "node_not_found")


async def test_one_foreign_node_among_ones_own_refuses_all(
    ada: Door, films: Json, open_door: OpenDoor
) -> None:
    bob = await open_door()
    await bob.sign_up("bob@example.com")
    mine = await bob.folder("mine")
    assert (await bob.get("/zip", params={"id": [mine["id"], films["id"]]})).status_code == 404


@pytest.mark.parametrize("query", ["", "?id=", "?id=..", "?" + "&".join(["id=" + "0" * 32] * 801)])
async def test_a_selection_that_cannot_be_is_refused(ada: Door, query: str) -> None:
    assert (await ada.get(f"/zip{query}")).status_code == 422


async def test_eight_hundred_ids_fit_into_an_address(ada: Door) -> None:
    film = await ada.file(b"film", "film")
    answer = await ada.get("/zip?" + "&".join([f"id={film['id']}"] * 800))
    assert opened(answer.content) == {"film": b"film"}


async def test_of_its_head_nothing_is_read_from_storage(ada: Door, films: Json, world: GatewayWorld) -> None:
    address = f"/folders/{films['id']}/zip"
    asked, got = await ada.request("HEAD", address), await ada.get(address)
    assert asked.headers["content-length"] == got.headers["content-length"]
    read = world.storage.bytes_read
    await ada.request("HEAD", address)
    assert (world.storage.bytes_read, world.places.taken) == (read, 0)


async def test_an_account_has_as_many_as_of_other_relays(ada: Door, films: Json, world: GatewayWorld) -> None:
    world.places.of_one_account = 0
    answer = await ada.get(f"/folders/{films['id']}/zip")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_relays")


def wire_to(ada: Door, world: GatewayWorld, films: Json) -> Wire:
    return Wire(ada, world, f"/folders/{films['id']}/zip")


async def test_when_the_client_goes_storage_is_asked_for_no_more(
    ada: Door, films: Json, world: GatewayWorld
) -> None:
    world.storage.chunk_bytes = 1024
    wire = wire_to(ada, world, films)
    wire.leave_after = 2

    await wire.fetch()

    assert not wire.is_complete
    assert world.storage.bytes_read < 200_000
    assert (world.storage.open_downloads, world.places.taken) == (0, 0)


async def test_when_storage_breaks_off_there_is_no_end(ada: Door, films: Json, world: GatewayWorld) -> None:
    world.storage.breaks_after = 128 * 1024
    wire = wire_to(ada, world, films)

    await wire.fetch()

    assert wire.sent[0]["status"] == 200
    assert not wire.is_complete
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(each.get("body", b"") for each in wire.sent)))
    assert (world.storage.open_downloads, world.places.taken) == (0, 0)


def zips_of(world: GatewayWorld, *, planned_members: int = 1024, page: int = 200) -> ZipNodes:
    return ZipNodes(
        world.tree,
        world.uploads,
        world.storage,
        world.people,
        world.tokens(),
        lambda: datetime.now(UTC),
        planned_members=planned_members,
        page=page,
    )


async def large(world: GatewayWorld, door: Door, folder: Json, *, planned_members: int = 1) -> Zip:
    """Of a tree that is larger than what is walked before the first byte."""
    zips = zips_of(world, planned_members=planned_members, page=1)
    return await zips(Caller(door.account_id, "session", until=FAR), [folder["id"]])


async def test_a_large_tree_is_walked_while_it_is_sent(ada: Door, films: Json, world: GatewayWorld) -> None:
    made = await large(world, ada, films)
    assert made.length is None
    assert opened(b"".join([chunk async for chunk in made.chunks])) == HELD


async def test_what_is_deleted_long_before_its_turn_is_left_out_of_a_large_tree(
    ada: Door, films: Json, world: GatewayWorld
) -> None:
    for number in range(50):
        await file_in(ada, films["id"], b"late", f"z{number}.txt")
    made = await large(world, ada, films)
    chunks = [await anext(made.chunks)]
    for node in [each for each in world.tree.nodes.values() if each.name.startswith("z")]:
        await ada.request("DELETE", f"/nodes/{node.id}")
    chunks += [chunk async for chunk in made.chunks]
    assert opened(b"".join(chunks)) == HELD


async def test_a_small_tree_whose_length_was_told_is_cut_then(
    ada: Door, films: Json, world: GatewayWorld
) -> None:
    made = await large(world, ada, films, planned_members=1000)
    await anext(made.chunks)
    (file,) = (each for each in world.tree.nodes.values() if each.name == "a.txt")
    await ada.request("DELETE", f"/nodes/{file.id}")
    with pytest.raises(Unavailable):
        [chunk async for chunk in made.chunks]


async def test_what_is_replaced_before_its_turn_comes_as_it_was_listed(
    ada: Door, films: Json, world: GatewayWorld
) -> None:
    file = await ada.file(b"first", "draft")
    made = await zips_of(world)(Caller(ada.account_id, "session", until=FAR), [file["id"]])
    upload = await ada.post(
        "/uploads", json={"folder_id": "root", "name": "draft", "size": 6, "conflict": "replace"}
    )
    upload_id = upload.json()["upload"]["id"]
    await ada.request("PUT", f"/uploads/{upload_id}/parts/1", content=b"second")
    await ada.post(f"/uploads/{upload_id}/complete", json={})
    assert opened(b"".join([chunk async for chunk in made.chunks])) == {"draft": b"first"}


async def test_a_chunked_answer_that_fails_has_no_last_chunk(ada: Door, world: GatewayWorld) -> None:
    folder = await ada.folder("many")
    for number in range(40):
        await ada.folder(f"inner {number}", folder["id"])
    tail = await ada.folder("inner 99", folder["id"])
    for number in range(1000):
        world.tree.put_copy(
            Caller(ada.account_id, ""), world.tree.nodes[tail["id"]], tail["id"], f"{number}", "fail"
        )
    await file_in(ada, folder["id"], b"hello", "last")
    world.storage.breaks_after = 0
    wire = Wire(ada, world, f"/folders/{folder['id']}/zip")

    await wire.fetch()

    assert b"content-length" not in dict(wire.sent[0]["headers"])
    assert not wire.is_complete
    assert (world.storage.open_downloads, world.places.taken) == (0, 0)
