"""A file's versions: listed, brought back, forgotten, kept."""

from collections.abc import Coroutine
from typing import Any

import pytest

from chassis.errors import InvalidArgument
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.domain.blobs import Blob
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.errors import (
    CommandIdReused,
    CursorInvalid,
    NodeNotFound,
    NotAFile,
    QuotaExceeded,
    RevisionStale,
    VersionIsCurrent,
    VersionNotFound,
)
from file_metadata_service.domain.ids import Actor, BlobId, own_drive
from file_metadata_service.domain.nodes import File
from file_metadata_service.ports.ledger import blob_key
from tests.fakes.metadata_service import ANN, BEN, FakeWorld, Service

GONE = "f" * 32


async def three(service: Service, **options: str) -> File:
    """A file of three versions, of 1, 2 and 3 bytes, in blobs one, two and three."""
    file = (await service.commit("a", blob="one", size=1, **options)).result
    for size, blob in ((2, "two"), (3, "three")):
        file = (await service.commit("a", blob=blob, size=size, rule=ConflictRule.REPLACE, **options)).result
    return file


async def used(service: Service) -> tuple[int, int | None, int]:
    drive: Drive = await service.use.get_drive(ANN)
    return drive.bytes_used, drive.versions_bytes, drive.file_count


async def blob(service: Service, blob_id: str) -> Blob:
    key = blob_key(BlobId(blob_id))
    row = (await service.use.committers.parts.ledger.read(own_drive(ANN.account_id), [key]))[key]
    assert isinstance(row, Blob)
    return row


async def test_versions_are_listed_newest_first_with_who_made_them_and_until_when_they_stood(
    service: Service,
) -> None:
    file = await three(service)
    listed = await service.versions(file.id)
    assert [it.version.blob_id for it in listed] == ["three", "two", "one"]
    assert [it.version.actor for it in listed] == [ANN] * 3
    assert listed[0].replaced_at_ms is None
    assert listed[1].replaced_at_ms == listed[0].version.created_at_ms


async def test_a_cursor_is_good_for_the_versions_of_its_file_only(service: Service) -> None:
    file, other = await three(service), (await service.commit("b")).result
    cursor = (await service.use.list_versions(ANN, file.id, limit=1, cursor="")).next_cursor
    with pytest.raises(CursorInvalid):
        await service.use.list_versions(ANN, other.id, limit=1, cursor=cursor)
    with pytest.raises(InvalidArgument):
        await service.use.list_versions(ANN, file.id, limit=1001, cursor="")


async def test_a_version_is_brought_back_by_a_new_one_of_the_same_bytes(service: Service) -> None:
    file = await three(service)
    back = (await service.bring_back(file.id, 1)).result
    assert (back.id, back.current.number, back.current.blob_id, back.revision) == (file.id, 4, "one", 4)
    assert (await service.get(file.id)).node == back
    assert [it.version.blob_id for it in await service.versions(file.id)] == ["one", "three", "two", "one"]
    assert (await blob(service, "one")).references == 2
    assert await used(service) == (7, 6, 1)


async def test_bringing_back_asks_for_the_revision_that_the_caller_saw(service: Service) -> None:
    file = await three(service)
    with pytest.raises(RevisionStale):
        await service.bring_back(file.id, 1, if_revision=2)
    assert (await service.bring_back(file.id, 1, if_revision=3)).result.revision == 4


async def test_what_is_brought_back_counts_in_full(world: FakeWorld) -> None:
    service = world.service(Policy(id_secret=b"s", default_quota_bytes=7))
    file = await three(service)
    with pytest.raises(QuotaExceeded):
        await service.bring_back(file.id, 2)
    await service.bring_back(file.id, 1)
    assert await used(service) == (7, 6, 1)


async def test_a_forgotten_version_frees_its_bytes_and_its_reference(
    world: FakeWorld, service: Service
) -> None:
    file = await three(service)
    world.clock.pass_ms(5)
    told = (await service.forget(file.id, 1)).result
    assert (told.version.number, told.version.size_bytes) == (1, 1)
    assert await service.numbers(file.id) == [3, 2]
    assert await used(service) == (5, 2, 1)
    one = await blob(service, "one")
    assert (one.references, one.zero_since_ms) == (0, world.clock.now_ms())
    with pytest.raises(VersionNotFound):
        await service.forget(file.id, 1)


async def test_bytes_that_two_versions_share_stay_until_both_are_forgotten(service: Service) -> None:
    file = await three(service)
    await service.bring_back(file.id, 1)
    await service.forget(file.id, 1)
    assert (await blob(service, "one")).zero_since_ms is None
    await service.commit("a", rule=ConflictRule.REPLACE)
    await service.forget(file.id, 4)
    assert (await blob(service, "one")).zero_since_ms is not None


async def test_numbers_are_never_given_twice(service: Service) -> None:
    file = await three(service)
    for number in (2, 1):
        await service.forget(file.id, number)
    await service.commit("a", rule=ConflictRule.REPLACE)
    await service.forget(file.id, 3)
    await service.commit("a", rule=ConflictRule.REPLACE)
    assert await service.numbers(file.id) == [5, 4]


async def test_the_current_version_is_neither_forgotten_nor_brought_back(service: Service) -> None:
    file = await three(service)
    for attempt in (service.forget(file.id, 3), service.bring_back(file.id, 3)):
        with pytest.raises(VersionIsCurrent):
            await attempt


@pytest.mark.parametrize("number", [-1, 0, 4, 2**60])
async def test_a_number_that_the_file_does_not_have_is_not_found(service: Service, number: int) -> None:
    file = await three(service)
    for attempt in (
        service.forget(file.id, number),
        service.bring_back(file.id, number),
        service.keep(file.id, number),
        service.use.check_download(ANN, file.id, number),
    ):
        with pytest.raises(VersionNotFound):
            await attempt


async def test_a_version_is_kept_and_kept_no_more(service: Service) -> None:
    file = await three(service)
    assert (await service.keep(file.id, 1)).result.version.kept
    assert (await service.keep(file.id, 3)).result.version.kept
    assert [it.version.kept for it in await service.versions(file.id)] == [True, False, True]
    await service.commit("a", rule=ConflictRule.REPLACE)
    assert [it.version.kept for it in await service.versions(file.id)] == [False, True, False, True]
    await service.keep(file.id, 3, keep=False)
    assert [it.version.kept for it in await service.versions(file.id)] == [False, False, False, True]


async def test_keeping_changes_no_content(service: Service) -> None:
    file = await three(service)
    await service.keep(file.id, 1)
    await service.keep(file.id, 3)
    assert (await service.get(file.id)).node.revision == file.revision
    assert await used(service) == (6, 3, 1)


async def test_a_file_says_how_many_of_its_past_versions_may_go(service: Service) -> None:
    file = await three(service)
    said = list[int]()
    for change in (
        service.keep(file.id, 1),
        service.keep(file.id, 1),
        service.keep(file.id, 3),
        service.commit("a", rule=ConflictRule.REPLACE),
        service.forget(file.id, 3),
        service.forget(file.id, 2),
        service.keep(file.id, 1, keep=False),
    ):
        await change
        node = (await service.get(file.id)).node
        assert isinstance(node, File)
        said.append(node.unkept_versions)
    assert said == [1, 1, 1, 1, 1, 0, 1]


async def test_repeated_commands_answer_the_first_result(service: Service) -> None:
    file = await three(service)
    for do in (
        lambda key: service.bring_back(file.id, 1, command=key),
        lambda key: service.keep(file.id, 2, command=key),
        lambda key: service.forget(file.id, 1, command=key),
    ):
        key = f"k{do.__code__.co_firstlineno}"
        first = await do(key)
        await service.mkdir(key)
        assert await do(key) == first
    with pytest.raises(CommandIdReused):
        await service.forget(file.id, 2, command=key)
    assert await service.numbers(file.id) == [4, 3, 2]


async def test_below_a_trashed_folder_there_are_no_versions(service: Service) -> None:
    folder = (await service.mkdir("films")).result
    file = await three(service, folder=folder.id)
    await service.trash(folder.id)
    for attempt in every_way(service, file.id):
        with pytest.raises(NodeNotFound):
            await attempt
    await service.restore(folder.id)
    assert await service.numbers(file.id) == [3, 2, 1]


async def test_somebody_elses_versions_are_as_if_they_were_not(service: Service) -> None:
    file = await three(service)
    await service.commit("hers", by=BEN)
    answers = []
    for file_id in (file.id, GONE):
        for attempt in every_way(service, file_id, by=BEN):
            with pytest.raises(NodeNotFound) as refusal:
                await attempt
            answers.append(refusal.value.detail)
    assert len({*answers}) == 1


async def test_folders_have_no_versions(service: Service) -> None:
    folder = (await service.mkdir("films")).result
    for attempt in every_way(service, folder.id):
        with pytest.raises(NotAFile):
            await attempt


def every_way(service: Service, file_id: str, by: Actor = ANN) -> list[Coroutine[Any, Any, object]]:
    return [
        service.versions(file_id, by),
        service.bring_back(file_id, 1, by=by),
        service.forget(file_id, 1, by=by),
        service.keep(file_id, 1, by=by),
        service.use.check_download(by, file_id, 1),
    ]
