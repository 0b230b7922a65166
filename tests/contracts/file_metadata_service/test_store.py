"""What the ports promise, of the store in memory and of DynamoDB alike."""

from dataclasses import replace
from uuid import uuid4

import pytest

from file_metadata_service.app.use_case_ports import Ports
from file_metadata_service.domain.blobs import Blob, BlobParts, BlobState
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import BlobId, DriveId, NodeId, own_drive
from file_metadata_service.domain.journal import COMMAND_MEMORY_MS, Change, CommandRecord
from file_metadata_service.domain.names import NodeKind, entry_key
from file_metadata_service.domain.nodes import File, Folder, Version, new_file, new_folder
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.domain.versions import FileVersion, PastVersion
from file_metadata_service.ports.ledger import (
    HeadMoved,
    Item,
    Key,
    Row,
    RowsRefused,
    Shelf,
    Taking,
    Writing,
    blob_key,
    command_key,
    file_key,
    folder_key,
    parts_key,
    trash_key,
    version_key,
)
from file_metadata_service.ports.versions import DueFile
from tests.fakes.metadata_answers import InMemoryCache
from tests.fakes.metadata_blob_census import InMemoryBlobCensus
from tests.fakes.metadata_clock import CountingTokens, InstantPause, ManualClock
from tests.fakes.metadata_collection import InMemoryBlobCollection
from tests.fakes.metadata_job_watch import RecordingJobWatch
from tests.fakes.metadata_jobs import InMemoryJobs, endless
from tests.fakes.metadata_journal import InMemoryJournal, RecordingWakeUps
from tests.fakes.metadata_known import InMemoryKnownBlobs
from tests.fakes.metadata_packing import InMemoryPackedListing
from tests.fakes.metadata_service import ANN
from tests.fakes.metadata_store import InMemoryFolderListing, InMemoryMetadata, InMemoryTrashListing
from tests.fakes.metadata_versions import InMemoryVersions
from tests.fakes.metadata_watch import RecordingWatch

DRIVE = Drive(id=own_drive(ANN.account_id), journal_id="j" * 32, created_at_ms=1, quota_bytes=9)


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "dynamodb":
        found: Ports = request.getfixturevalue("world").ports
        return found
    store, clock, jobs = InMemoryMetadata(), ManualClock(), InMemoryJobs()
    return Ports(
        drives=store,
        ledger=store,
        folder_listing=InMemoryFolderListing(store),
        packed_listing=InMemoryPackedListing(store),
        trash_listing=InMemoryTrashListing(store),
        due_trash=InMemoryTrashListing(store),
        version_listing=InMemoryVersions(store),
        due_versions=InMemoryVersions(store),
        journal=InMemoryJournal(store),
        journal_upkeep=InMemoryJournal(store),
        blobs=store,
        blob_collection=InMemoryBlobCollection(store),
        blob_census=InMemoryBlobCensus(store),
        known_blobs=InMemoryKnownBlobs(store),
        wake_ups=RecordingWakeUps(),
        jobs=jobs,
        due_jobs=jobs,
        caching=InMemoryCache().caching(),
        clock=clock,
        pause=InstantPause(clock),
        sleep=endless,
        tokens=CountingTokens(),
        watch=RecordingWatch(),
        job_watch=RecordingJobWatch(),
    )


def a_version(number: int = 1) -> Version:
    return Version(
        number=number,
        blob_id=BlobId(f"blob{number}"),
        size_bytes=5 * 2**40,
        content_type="",
        content_hash="c0",
        layout="p23",
        created_at_ms=7,
        actor=ANN,
    )


def a_past_version(number: int, *, due_at_ms: int | None, replaced_at_ms: int = 9) -> PastVersion:
    version = replace(a_version(number), kept=due_at_ms is None)
    return PastVersion(version=version, replaced_at_ms=replaced_at_ms, due_at_ms=due_at_ms)


def a_folder(name: str = "Ä b", seq: int = 1) -> Folder:
    return new_folder(NodeId("f1"), DRIVE.root, name, at_ms=5, seq=seq)


def a_file(seq: int = 1) -> File:
    return new_file(NodeId("f2"), DRIVE.root, "a.txt", a_version(), seq=seq)


def entry_of(node: Folder | File) -> Key:
    return Key(Shelf.ENTRY, DRIVE.id, node.entry_key)


def one_of_each() -> dict[Key, Row]:
    folder, file = a_folder(), a_file()
    gone = replace(file.trashed(at_ms=11, seq=1), unkept_versions=1)
    blob = Blob(
        id=BlobId("b"),
        drive_id=DRIVE.id,
        state=BlobState.LIVE,
        decided_at_ms=3,
        references=1,
        size_bytes=0,
        content_hash="c0",
        layout="s1",
        committed=file,
        seq=1,
    )
    small = replace(blob, id=BlobId("s"), only_part=b"\x00" * 32, references=0, zero_since_ms=4)
    alias = replace(blob, id=BlobId("t"), state=BlobState.ALIAS, references=0, alias_of=blob.id)
    record = CommandRecord(
        actor=ANN,
        command_id="k #1",
        request_hash="h",
        result=folder,
        seq=1,
        expires_at_ms=COMMAND_MEMORY_MS,
    )
    told = FileVersion(file_id=file.id, version=a_version(3), current=False, replaced_at_ms=8)
    item = TrashItem(node=gone, original_path="/Ä/a.txt", trashed_at_ms=11, expires_at_ms=12)
    return {
        folder_key(folder.id): folder,
        file_key(file.id): gone,
        entry_of(folder): folder,
        entry_of(file): file,
        version_key(file.id, 10): a_past_version(10, due_at_ms=70),
        trash_key(DRIVE.id, 11, gone.id): item,
        blob_key(blob.id): blob,
        blob_key(small.id): small,
        blob_key(alias.id): alias,
        parts_key(blob.id): BlobParts(blob.id, (b"\x00" * 32, b"\xff" * 32)),
        command_key(DRIVE.id, ANN, "k #1"): record,
        command_key(DRIVE.id, ANN, "k2"): replace(record, command_id="k2", result=told),
    }


def a_writing(before: Drive, *items: Item) -> Writing:
    return Writing(
        before=before,
        after=before.advanced(),
        token=uuid4().hex,
        at_ms=5,
        changes=(Change(a_folder(), ANN),),
        items=items,
    )


def putting(rows: dict[Key, Row]) -> tuple[Item, ...]:
    return tuple(Item(key, None, row) for key, row in rows.items())


async def test_a_drive_is_created_once(ports: Ports) -> None:
    assert await ports.drives.get(DRIVE.id) is None
    assert await ports.drives.create(DRIVE) == DRIVE
    assert await ports.drives.create(replace(DRIVE, journal_id="other")) == DRIVE
    assert await ports.drives.get(DRIVE.id) == DRIVE


async def test_every_row_comes_back_as_it_was_written(ports: Ports) -> None:
    await ports.drives.create(DRIVE)
    rows = one_of_each()
    assert {key.shelf for key in rows} == set(Shelf)
    assert set((await ports.ledger.read(DRIVE.id, rows)).values()) == {None}
    await ports.ledger.write(a_writing(DRIVE, *putting(rows)))
    assert await ports.ledger.read(DRIVE.id, rows) == rows


async def test_a_writing_moves_the_head_and_leaves_the_quota_alone(ports: Ports) -> None:
    await ports.drives.create(DRIVE)
    after = DRIVE.storing(5, new_files=1).superseding(2).rearranged().advanced()
    await ports.ledger.write(replace(a_writing(DRIVE), after=replace(after, quota_bytes=1)))
    assert await ports.drives.get(DRIVE.id) == after


@pytest.mark.parametrize("believed", [None, 8, 10])
async def test_a_writing_that_was_judged_by_another_quota_finds_the_head_moved(
    ports: Ports, believed: int | None
) -> None:
    await ports.drives.create(DRIVE)
    with pytest.raises(HeadMoved):
        await ports.ledger.write(a_writing(replace(DRIVE, quota_bytes=believed)))
    assert await ports.drives.get(DRIVE.id) == DRIVE


async def test_a_drive_without_a_quota_takes_what_was_judged_by_none(ports: Ports) -> None:
    drive = replace(DRIVE, quota_bytes=None)
    await ports.drives.create(drive)
    with pytest.raises(HeadMoved):
        await ports.ledger.write(a_writing(DRIVE))
    await ports.ledger.write(a_writing(drive))


async def test_rows_are_changed_and_deleted(ports: Ports) -> None:
    await ports.drives.create(DRIVE)
    rows = one_of_each()
    await ports.ledger.write(a_writing(DRIVE, *putting(rows)))
    renamed, gone = a_folder("new", seq=2), rows[file_key(NodeId("f2"))]
    assert isinstance(gone, File)
    back = gone.restored(NodeId("f1"), "b", seq=2)
    items = [
        Item(folder_key(renamed.id), rows[folder_key(renamed.id)], renamed),
        Item(file_key(back.id), gone, back),
        *(Item(key, row, None) for key, row in rows.items() if key.shelf not in (Shelf.FOLDER, Shelf.FILE)),
    ]
    await ports.ledger.write(a_writing(DRIVE.advanced(), *items))
    found = await ports.ledger.read(DRIVE.id, rows)
    assert {key: row for key, row in found.items() if row} == {
        folder_key(renamed.id): renamed,
        file_key(back.id): back,
    }


async def test_a_head_that_moved_refuses_everything(ports: Ports) -> None:
    await ports.drives.create(DRIVE)
    await ports.ledger.write(a_writing(DRIVE))
    late = a_writing(DRIVE, Item(folder_key(NodeId("f1")), None, a_folder()))
    with pytest.raises(HeadMoved):
        await ports.ledger.write(late)
    with pytest.raises(HeadMoved):
        await ports.ledger.write(replace(late, before=replace(DRIVE, seq=1, journal_id="other")))
    assert await ports.ledger.read(DRIVE.id, [folder_key(NodeId("f1"))]) == {folder_key(NodeId("f1")): None}


async def test_rows_that_are_there_or_not_there_are_named(ports: Ports) -> None:
    await ports.drives.create(DRIVE)
    folder, file = a_folder(), a_file()
    await ports.ledger.write(a_writing(DRIVE, Item(folder_key(folder.id), None, folder)))
    second = a_writing(
        DRIVE.advanced(),
        Item(folder_key(folder.id), None, folder),
        Item(file_key(file.id), file, replace(file, name="x")),
        Item(entry_of(file), file, None),
        Item(entry_of(folder), None, folder),
    )
    with pytest.raises(RowsRefused) as refusal:
        await ports.ledger.write(second)
    assert refusal.value.keys == {folder_key(folder.id), file_key(file.id), entry_of(file)}
    assert await ports.drives.get(DRIVE.id) == DRIVE.advanced()


async def test_the_same_writing_twice_is_written_once(ports: Ports) -> None:
    await ports.drives.create(DRIVE)
    writing = a_writing(DRIVE, *putting(one_of_each()))
    await ports.ledger.write(writing)
    await ports.ledger.write(writing)
    assert (await ports.drives.get(DRIVE.id)) == DRIVE.advanced()
    assert await ports.ledger.token_at(DRIVE.id, 1) == writing.token
    assert await ports.ledger.token_at(DRIVE.id, 2) is None


async def test_past_versions_are_listed_by_page_newest_first(ports: Ports) -> None:
    await ports.drives.create(DRIVE)
    file_id = NodeId("f2")
    past = [a_past_version(number, due_at_ms=None) for number in (1, 2, 9, 10, 11)]
    rows: dict[Key, Row] = {version_key(file_id, it.number): it for it in past}
    rows[version_key(NodeId("f3"), 5)] = a_past_version(5, due_at_ms=1)
    await ports.ledger.write(a_writing(DRIVE, *putting(rows)))
    first = await ports.version_listing.page(file_id, below=11, limit=2)
    assert first.next_start is not None
    rest = await ports.version_listing.page(file_id, below=int(first.next_start), limit=10)
    assert [*first.items, *rest.items] == [past[3], past[2], past[1], past[0]]
    assert rest.next_start is None


async def test_files_with_versions_that_are_due_are_found_once(ports: Ports) -> None:
    await ports.drives.create(DRIVE)
    file, other = replace(a_file(), id=NodeId("a1")), replace(a_file(), id=NodeId("b2"))
    rows: dict[Key, Row] = {
        file_key(file.id): file,
        file_key(other.id): other,
        version_key(file.id, 1): a_past_version(1, due_at_ms=50),
        version_key(file.id, 2): a_past_version(2, due_at_ms=60),
        version_key(other.id, 1): a_past_version(1, due_at_ms=61),
        version_key(other.id, 2): a_past_version(2, due_at_ms=None),
    }
    await ports.ledger.write(a_writing(DRIVE, *putting(rows)))
    assert await ports.due_versions.due(until_ms=49, limit=100) == ()
    assert await ports.due_versions.due(until_ms=60, limit=100) == (DueFile(DRIVE.id, file.id),)
    found = await ports.due_versions.due(until_ms=61, limit=100)
    assert {it.file_id for it in found} == {file.id, other.id}


@pytest.mark.parametrize("elsewhere", [{"references": 2}, {"state": BlobState.ABANDONED}])
async def test_a_blob_is_changed_only_as_it_was_read(ports: Ports, elsewhere: dict[str, object]) -> None:
    """The collector decides about blobs without the head."""
    await ports.drives.create(DRIVE)
    key = blob_key(BlobId("b"))
    blob = one_of_each()[key]
    assert isinstance(blob, Blob)
    await ports.ledger.write(a_writing(DRIVE, Item(key, None, blob)))
    believed = replace(blob, **elsewhere)  # type: ignore[arg-type]  # fields of a blob
    taken = replace(blob, references=believed.references + 1)
    with pytest.raises(RowsRefused) as refusal:
        await ports.ledger.write(a_writing(DRIVE.advanced(), Item(key, believed, taken)))
    assert refusal.value.keys == {key}
    for before, after in ((blob, blob.released(at_ms=8)), (blob.released(at_ms=8), blob)):
        head = await ports.drives.get(DRIVE.id)
        assert head is not None
        await ports.ledger.write(a_writing(head, Item(key, before, after)))
        assert await ports.ledger.read(DRIVE.id, [key]) == {key: after}


async def test_references_are_taken_on_a_live_blob_that_nobody_read(ports: Ports) -> None:
    await ports.drives.create(DRIVE)
    key = blob_key(BlobId("b"))
    blob = one_of_each()[key]
    assert isinstance(blob, Blob)
    unused = replace(blob, references=0, zero_since_ms=7)
    await ports.ledger.write(a_writing(DRIVE, Item(key, None, unused)))
    await ports.ledger.write(replace(a_writing(DRIVE.advanced()), takings=(Taking(key, 2),)))
    assert await ports.ledger.read(DRIVE.id, [key]) == {
        key: replace(unused, references=2, zero_since_ms=None)
    }


@pytest.mark.parametrize("standing", [None, BlobState.ABANDONED, BlobState.CONDEMNED, BlobState.GONE])
async def test_what_does_not_live_takes_no_reference_and_nothing_else_is_written(
    ports: Ports, standing: BlobState | None
) -> None:
    head = await ports.drives.create(DRIVE)
    key = blob_key(BlobId("b"))
    blob = one_of_each()[key]
    assert isinstance(blob, Blob)
    if standing is not None:
        await ports.ledger.write(a_writing(DRIVE, Item(key, None, replace(blob, state=standing))))
        head = DRIVE.advanced()
    folder = a_folder()
    writing = a_writing(head, Item(folder_key(folder.id), None, folder))
    with pytest.raises(RowsRefused) as refusal:
        await ports.ledger.write(replace(writing, takings=(Taking(key, 1),)))
    assert refusal.value.keys == {key}
    assert await ports.ledger.read(DRIVE.id, [folder_key(folder.id)]) == {folder_key(folder.id): None}


async def test_another_drives_nodes_and_entries_are_not_even_found(ports: Ports) -> None:
    await ports.drives.create(DRIVE)
    await ports.ledger.write(a_writing(DRIVE, *putting(one_of_each())))
    keys = [folder_key(NodeId("f1")), file_key(NodeId("f2"))]
    keys += [Key(Shelf.ENTRY, DRIVE.id, entry_key(NodeKind.FILE, "a.txt"))]
    assert set((await ports.ledger.read(DriveId("b" * 32), keys)).values()) == {None}


async def test_many_rows_are_read_at_once(ports: Ports) -> None:
    keys = [folder_key(NodeId(f"n{number}")) for number in range(250)]
    assert await ports.ledger.read(DRIVE.id, keys) == dict.fromkeys(keys)


async def test_a_blob_is_abandoned_unless_it_was_decided_before(ports: Ports) -> None:
    await ports.drives.create(DRIVE)
    rows = one_of_each()
    await ports.ledger.write(a_writing(DRIVE, *putting(rows)))
    wanted = [BlobId("x"), BlobId("b"), BlobId("y")]
    found = await ports.blobs.abandon(DRIVE.id, wanted, at_ms=9)
    assert found[1] == rows[blob_key(BlobId("b"))]
    assert [blob.state for blob in found] == [BlobState.ABANDONED, BlobState.LIVE, BlobState.ABANDONED]
    assert await ports.blobs.abandon(DRIVE.id, wanted, at_ms=10) == found
