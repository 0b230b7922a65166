"""Content that is known: found for whom it is, and made a version of without its bytes being sent."""

import asyncio
from dataclasses import replace

import pytest

from file_metadata_service.app.find_known import BasePlace, BaseVersion
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.domain.blobs import UNREFERENCED_MS, Blob, BlobState, Content
from file_metadata_service.domain.errors import BlobAbandoned, CommandIdReused, ContentUnknown, NameTaken
from file_metadata_service.domain.ids import BlobId, own_drive
from file_metadata_service.ports.ledger import blob_key
from tests.fakes.metadata_service import ANN, BEN, FakeWorld, Service, a_blob

DRIVE = own_drive(ANN.account_id)
CONTENT = Content(DRIVE, 5, "p23", "c0" * 32)


def row(world: FakeWorld, blob_id: str) -> Blob:
    found = world.store.rows[blob_key(BlobId(blob_id))]
    assert isinstance(found, Blob)
    return found


async def test_known_content_becomes_a_file_of_the_same_bytes(world: FakeWorld, service: Service) -> None:
    await service.commit("a", blob="one")
    file = (await service.commit("b", blob="two", known_as="one")).result
    assert (file.current.blob_id, file.current.size_bytes) == ("one", 5)
    assert row(world, "one").references == 2
    assert (row(world, "two").state, row(world, "two").alias_of) == (BlobState.ALIAS, "one")
    world.check_whole()


async def test_a_repeat_of_such_a_commit_answers_the_first_result_and_takes_nothing_more(
    world: FakeWorld, service: Service
) -> None:
    await service.commit("a", blob="one")
    first = await service.commit("b", blob="two", known_as="one")
    again = await service.commit("c", blob="two", known_as="one")
    assert (again.result, again.position) == (first.result, first.position)
    assert row(world, "one").references == 2
    world.check_whole()


async def test_an_id_that_made_a_file_of_other_bytes_makes_no_second(
    world: FakeWorld, service: Service
) -> None:
    await service.commit("a", blob="one")
    with pytest.raises(CommandIdReused):
        await service.commit("b", blob="one", size=6)
    assert row(world, "one").references == 1
    world.check_whole()


async def test_known_content_replaces_a_file(world: FakeWorld, service: Service) -> None:
    await service.commit("a", blob="one")
    await service.commit("b", blob="other")
    file = (await service.commit("b", blob="two", known_as="one", rule=ConflictRule.REPLACE)).result
    assert (file.revision, file.current.blob_id) == (2, "one")
    world.check_whole()


async def test_abandoning_comes_too_late_for_an_alias_and_commits_too_late_for_what_was_abandoned(
    world: FakeWorld, service: Service
) -> None:
    await service.commit("a", blob="one")
    file = (await service.commit("b", blob="two", known_as="one")).result
    (standing,) = await service.use.abandon(DRIVE, [BlobId("two")])
    assert standing.committed is not None
    assert standing.committed.id == file.id
    await service.use.abandon(DRIVE, [BlobId("three")])
    with pytest.raises(BlobAbandoned):
        await service.commit("c", blob="three", known_as="one")
    assert row(world, "one").references == 2
    world.check_whole()


@pytest.mark.parametrize(
    "change",
    [
        {"state": BlobState.CONDEMNED, "references": 0, "zero_since_ms": 1},
        {"state": BlobState.GONE, "references": 0},
        {"state": BlobState.ABANDONED, "references": 0},
        {"drive_id": own_drive(BEN.account_id)},
        {"size_bytes": 6},
        {"layout": "p24"},
        {"content_hash": "c1" * 32},
    ],
)
async def test_what_is_not_this_content_of_this_drive_or_is_going_makes_no_file(
    world: FakeWorld, service: Service, change: dict[str, object]
) -> None:
    await service.commit("a", blob="one")
    world.store.rows[blob_key(BlobId("one"))] = before = replace(row(world, "one"), **change)  # type: ignore[arg-type]  # parameters
    with pytest.raises(ContentUnknown):
        await service.commit("b", blob="two", known_as="one")
    with pytest.raises(ContentUnknown):
        await service.commit("b", blob="two", known_as="never")
    assert row(world, "one") == before
    assert blob_key(BlobId("two")) not in world.store.rows
    assert world.root_names() == ["a"]


async def test_a_refused_commit_takes_no_reference(world: FakeWorld, service: Service) -> None:
    await service.commit("a", blob="one")
    with pytest.raises(NameTaken):
        await service.commit("a", blob="two", known_as="one")
    assert row(world, "one").references == 1
    assert (await service.commit("b", blob="two", known_as="one")).result.name == "b"
    world.check_whole()


async def test_many_at_once_take_a_reference_each(world: FakeWorld, service: Service) -> None:
    await service.commit("a", blob="one")
    names = [f"n{number}" for number in range(40)]
    await asyncio.gather(*(service.commit(name, blob=f"x{name}", known_as="one") for name in names))
    assert row(world, "one").references == 41
    world.check_whole()


async def test_the_owner_finds_content_and_nobody_else_does(world: FakeWorld, service: Service) -> None:
    await service.commit("a", blob="one")
    find = service.use.find_known
    found = await find.content(ANN, CONTENT)
    assert found is not None
    assert found.id == "one"
    assert await find.content(BEN, CONTENT) is None
    assert await find.content(BEN, replace(CONTENT, drive_id=own_drive(BEN.account_id))) is None
    assert await find.content(ANN, replace(CONTENT, content_hash="")) is None


async def test_to_look_for_what_another_one_has_takes_the_same_calls_as_for_what_nobody_has(
    world: FakeWorld, service: Service
) -> None:
    file = (await service.commit("a", blob="one")).result
    await service.mkdir("b", by=BEN)
    find, bens = service.use.find_known, own_drive(BEN.account_id)
    calls = []
    for hash_, node in (("c0" * 32, file.id), ("ff" * 32, "e" * 32)):
        del world.store.calls[:]
        assert await find.content(BEN, replace(CONTENT, drive_id=bens, content_hash=hash_)) is None
        assert await find.base(BEN, BaseVersion(node), "p23") is None
        calls.append(list(world.store.calls))
    assert calls[0] == calls[1] != []


async def test_what_lies_unused_is_found_and_then_kept_for_a_day(world: FakeWorld, service: Service) -> None:
    await service.commit("a", blob="one")
    await _let_go_of(service, "a", "one")
    world.clock.pass_ms(UNREFERENCED_MS - 1)
    assert await service.use.find_known.content(ANN, CONTENT) is not None
    world.clock.pass_ms(UNREFERENCED_MS - 1)
    assert await service.use.collect_blobs.condemn([BlobId("one")]) == []
    await service.commit("b", blob="two", known_as="one")
    world.clock.pass_ms(UNREFERENCED_MS * 2)
    assert await service.use.collect_blobs.condemn([BlobId("one")]) == []
    world.check_whole()


async def test_what_is_condemned_is_not_found(world: FakeWorld, service: Service) -> None:
    await service.commit("a", blob="one")
    await _let_go_of(service, "a", "one")
    world.clock.pass_ms(UNREFERENCED_MS)
    assert await service.use.collect_blobs.condemn([BlobId("one")]) == ["one"]
    assert await service.use.find_known.content(ANN, CONTENT) is None


async def test_a_files_parts_are_found_by_id_version_and_place(world: FakeWorld, service: Service) -> None:
    hashes = (b"\x01" * 32, b"\x02" * 32)
    file = await _commit_parts(service, "one", hashes)
    await _commit_parts(service, "two", (b"\x03" * 32,))
    find = service.use.find_known
    for base, blob_id, sha256 in (
        (BaseVersion(file), "two", (b"\x03" * 32,)),
        (BaseVersion(file, 1), "one", hashes),
        (BaseVersion(file, 2), "two", (b"\x03" * 32,)),
        (BasePlace("root", "A"), "two", (b"\x03" * 32,)),
    ):
        found = await find.base(ANN, base, "p23")
        assert found is not None
        assert (found.blob.id, found.sha256) == (blob_id, sha256)


async def test_of_an_alias_the_parts_of_what_it_stands_for_are_found(
    world: FakeWorld, service: Service
) -> None:
    hashes = (b"\x01" * 32, b"\x02" * 32)
    await _commit_parts(service, "one", hashes)
    alias = (await service.commit("b", blob="two", known_as="one")).result
    found = await service.use.find_known.base(ANN, BaseVersion(alias.id), "p23")
    assert found is not None
    assert (found.blob.id, found.sha256) == ("one", hashes)


async def test_other_layouts_folders_trash_strangers_and_what_never_was_have_no_parts(
    world: FakeWorld, service: Service
) -> None:
    file = await _commit_parts(service, "one", (b"\x01" * 32, b"\x02" * 32))
    folder = (await service.mkdir("f")).result
    find = service.use.find_known
    assert await find.base(ANN, BaseVersion(file), "p24") is None
    assert await find.base(BEN, BaseVersion(file), "p23") is None
    assert await find.base(BEN, BasePlace(DRIVE, "a"), "p23") is None
    for base in (
        BaseVersion(folder.id),
        BaseVersion(file, 7),
        BaseVersion(""),
        BaseVersion("e" * 32),
        BasePlace("root", "f"),
        BasePlace("root", "b"),
        BasePlace(file, "b"),
        BasePlace("e" * 32, "a"),
    ):
        assert await find.base(ANN, base, "p23") is None
    await service.trash(file)
    assert await find.base(ANN, BaseVersion(file), "p23") is None
    assert await find.base(ANN, BasePlace("root", "a"), "p23") is None


async def test_of_an_instant_commit_and_the_end_of_the_same_bytes_one_wins(world: FakeWorld) -> None:
    """Both orders happen, and neither leaves a file without bytes."""
    won = set()
    for turns in range(12):
        world = FakeWorld()
        service = world.service()
        await service.commit("a", blob="one")
        await _let_go_of(service, "a", "one")
        world.clock.pass_ms(UNREFERENCED_MS)

        async def condemn(service: Service = service, turns: int = turns) -> list[BlobId]:
            for _ in range(turns):
                await asyncio.sleep(0)
            return await service.use.collect_blobs.condemn([BlobId("one")])

        committing = asyncio.create_task(service.commit("b", blob="two", known_as="one"))
        condemned = await condemn()
        result = (await asyncio.gather(committing, return_exceptions=True))[0]
        won.add(bool(condemned))
        assert isinstance(result, ContentUnknown) == bool(condemned)
        world.check_whole()
    assert won == {True, False}


async def _commit_parts(service: Service, blob_id: str, sha256: tuple[bytes, ...]) -> str:
    blob = replace(a_blob(blob_id), sha256=sha256)
    landed = await service.use.change.commit(
        ANN, DRIVE, blob, folder_id="root", name="a", rule=ConflictRule.REPLACE, if_revision=None
    )
    return landed.result.id


async def _let_go_of(service: Service, name: str, blob_id: str) -> None:
    """The bytes are those of a past version, and that one goes."""
    await service.commit(name, blob=f"{blob_id} after", rule=ConflictRule.REPLACE, size=6)
    (file,) = (node for node in (await service.page()).items if node.name == name)
    await service.forget(file.id, 1)
