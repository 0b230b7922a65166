"""Blobs know how many versions are made of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from file_metadata_service.app.references import release, take
from file_metadata_service.app.tree import RowsMissing, Tree
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.errors import BlobGone
from file_metadata_service.domain.ids import BlobId, DriveId
from file_metadata_service.ports.ledger import Key, Row, Rows, blob_key
from tests.fakes.metadata_service import FakeWorld, Service
from tests.fakes.metadata_store import InMemoryMetadata
from tests.unit.file_metadata_service.test_copies import copy_file

DRIVE = Drive(id=DriveId("a" * 32), journal_id="j", created_at_ms=1)
BLOB = Blob(id=BlobId("b1"), drive_id=DRIVE.id, state=BlobState.LIVE, decided_at_ms=1, references=1)


def a_tree(row: Blob | None) -> Tree:
    known: dict[Key, Row | None] = {blob_key(BLOB.id): row}
    return Tree(DRIVE, known, now_ms=77)


def standing(tree: Tree) -> Blob | None:
    return tree.row(blob_key(BLOB.id), Blob)


def test_each_version_takes_one_and_releases_one() -> None:
    tree = a_tree(BLOB)
    take(tree, BLOB.id)
    assert standing(tree) == replace(BLOB, references=2)
    release(tree, BLOB.id)
    assert standing(tree) == BLOB


def test_without_references_a_blob_says_since_when() -> None:
    tree = a_tree(BLOB)
    release(tree, BLOB.id)
    assert standing(tree) == replace(BLOB, references=0, zero_since_ms=77)


def test_a_blob_may_be_taken_back_as_long_as_it_lives() -> None:
    tree = a_tree(replace(BLOB, references=0, zero_since_ms=5))
    take(tree, BLOB.id)
    assert standing(tree) == BLOB


@pytest.mark.parametrize(
    "row",
    [
        None,
        replace(BLOB, state=BlobState.ABANDONED),
        replace(BLOB, state=BlobState.CONDEMNED, references=0, zero_since_ms=5),
        replace(BLOB, state=BlobState.GONE, references=0),
        replace(BLOB, drive_id=DriveId("b" * 32)),
    ],
)
def test_what_does_not_live_in_this_drive_gives_no_reference(row: Blob | None) -> None:
    with pytest.raises(BlobGone):
        take(a_tree(row), BLOB.id)


def test_nothing_is_released_of_what_is_not_there() -> None:
    tree = a_tree(None)
    release(tree, BLOB.id)
    assert not tree.changed


def test_references_never_fall_below_none() -> None:
    assert BLOB.released(at_ms=1).released(at_ms=2).references == 0


def test_a_blob_that_nobody_read_is_taken_as_often_as_it_is_used_and_the_write_must_prove_it() -> None:
    tree = Tree(DRIVE, {}, now_ms=77)
    branch = tree.branch()
    take(branch, BLOB.id)
    take(branch, BLOB.id)
    tree.merge(branch)
    take(tree, BLOB.id)
    assert (tree.takings, tree.changed) == ({blob_key(BLOB.id): 3}, {})


def test_who_releases_what_was_taken_unread_in_the_same_group_must_read_it() -> None:
    tree = Tree(DRIVE, {}, now_ms=77)
    take(tree, BLOB.id)
    with pytest.raises(RowsMissing) as missing:
        release(tree.branch(), BLOB.id, {blob_key(BLOB.id): BLOB})
    assert missing.value.keys == {blob_key(BLOB.id)}


@dataclass(slots=True)
class ReadingStore(InMemoryMetadata):
    """Remembers what was asked for."""

    read_keys: set[Key] = field(default_factory=set)

    async def read(self, drive_id: DriveId, keys: Iterable[Key]) -> Rows:
        wanted = list(keys)
        self.read_keys.update(wanted)
        return await InMemoryMetadata.read(self, drive_id, wanted)


async def test_a_copy_reads_no_blob() -> None:
    store = ReadingStore()
    world = FakeWorld(store=store)
    service = world.service()
    file = (await service.commit("f")).result
    store.read_keys.clear()
    await copy_file(service, file.id, "root", "g")
    assert blob_key(file.current.blob_id) not in store.read_keys
    blob = world.store.rows[blob_key(file.current.blob_id)]
    assert isinstance(blob, Blob)
    assert blob.references == 2
    world.check_whole()


async def test_a_copy_of_what_is_gone_by_now_says_so(world: FakeWorld, service: Service) -> None:
    file = (await service.commit("f")).result
    key = blob_key(file.current.blob_id)
    blob = world.store.rows[key]
    assert isinstance(blob, Blob)
    world.store.rows[key] = replace(blob, state=BlobState.CONDEMNED, references=0)
    with pytest.raises(BlobGone):
        await copy_file(service, file.id, "root", "g")
    assert world.watch.retries == ["RowsRefused"]
