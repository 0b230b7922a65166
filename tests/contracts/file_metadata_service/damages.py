"""What can be wrong with a drive, done to it one by one: what a repair puts right, and what it leaves to people."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from file_metadata_service.app.integrity.scene import own_key, place_of
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.jobs import JobId, removal_place, staging_place
from file_metadata_service.domain.nodes import File
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.ledger import blob_key, trash_key, version_key
from tests.contracts.file_metadata_service.furnished import DRIVE, Furnished, in_trash


async def lose_entry(it: Furnished) -> None:
    await it.vandal.drop(place_of(it.file))


async def lose_entry_of_folder(it: Furnished) -> None:
    await it.vandal.drop(place_of(it.inner))


async def age_entry(it: Furnished) -> None:
    await it.vandal.put(place_of(it.twice), replace(it.twice, revision=1, seq=it.twice.seq - 1))


async def orphan_entry(it: Furnished) -> None:
    await it.vandal.drop(own_key(it.file))


async def double_entry(it: Furnished) -> None:
    await it.vandal.put(place_of(replace(it.file, name="again")), replace(it.file, name="again"))


async def keep_entry_of_trashed(it: Furnished) -> None:
    was = replace(it.trashed.node, trashed_at_ms=None)
    await it.vandal.put(place_of(was), was)


async def share_name(it: Furnished) -> None:
    """Two nodes that both say they have the name."""
    await it.vandal.drop(place_of(it.file))
    await it.vandal.put(own_key(it.file), replace(it.file, name="b.txt"))


async def make_twin(it: Furnished) -> None:
    """A folder of the name that a file has."""
    folder = replace(it.inner, name="a.txt")
    await it.vandal.drop(place_of(it.inner))
    await it.vandal.put(own_key(folder), folder)
    await it.vandal.put(place_of(folder), folder)


async def lose_parent(it: Furnished) -> None:
    await it.vandal.drop(own_key(it.folder))
    await it.vandal.drop(place_of(it.folder))


async def misfile_entry(it: Furnished) -> None:
    await it.vandal.misfile(place_of(it.file))


async def misfile_file(it: Furnished) -> None:
    await it.vandal.misfile(own_key(it.file))


async def misfile_trash(it: Furnished) -> None:
    await it.vandal.misfile(in_trash(it.trashed))


async def misfile_blob(it: Furnished) -> None:
    await it.vandal.misfile(blob_key(it.file.current.blob_id))


async def close_circle(it: Furnished) -> None:
    """As two moves at once might, if nothing proved them."""
    folder = replace(it.folder, parent_id=it.inner.id)
    await it.vandal.drop(place_of(it.folder))
    await it.vandal.put(own_key(folder), folder)
    await it.vandal.put(place_of(folder), folder)


async def lose_trash(it: Furnished) -> None:
    await it.vandal.drop(in_trash(it.trashed))


async def spoil_trash(it: Furnished) -> None:
    item = replace(it.trashed, node=replace(it.trashed.node, name="other"))
    await it.vandal.put(in_trash(it.trashed), item)


async def keep_trash_of_living(it: Furnished) -> None:
    item = TrashItem(node=it.file, original_path="/", trashed_at_ms=7, expires_at_ms=8)
    await it.vandal.put(trash_key(DRIVE, 7, it.file.id), item)


async def lose_trashed_node(it: Furnished) -> None:
    await it.vandal.drop(own_key(it.trashed.node))


async def miscount_references(it: Furnished) -> None:
    blob = a_live_blob(it.file)
    await it.vandal.put(blob_key(blob.id), replace(blob, references=4))


def a_live_blob(file: File) -> Blob:
    return Blob(
        id=file.current.blob_id,
        drive_id=DRIVE,
        state=BlobState.LIVE,
        decided_at_ms=1,
        references=1,
        size_bytes=file.current.size_bytes,
        content_hash=file.current.content_hash,
        layout=file.current.layout,
        committed=file,
        seq=file.seq,
    )


async def mark_as_unreferenced(it: Furnished) -> None:
    """The collector would ask for it."""
    blob = a_live_blob(it.twice)
    await it.vandal.put(blob_key(blob.id), replace(blob, references=0, zero_since_ms=5))


async def miscount_usage(it: Furnished) -> None:
    await it.vandal.head(bytes_used=99_999, file_count=1, versions_bytes=7)


async def miscount_trash(it: Furnished) -> None:
    await it.vandal.head(trash_bytes=77, trash_uncounted=3)


async def leave_a_copy_in_the_making(it: Furnished) -> None:
    """Of a job that nobody knows any more."""
    staged = replace(it.inner, id=NodeId(f"copy of {it.inner.id}"), parent_id=staging_place(JobId("lost")))
    await it.vandal.put(own_key(staged), staged)


async def leave_half_a_removal(it: Furnished) -> None:
    await it.vandal.drop(place_of(it.inner))
    removed = replace(it.inner, parent_id=removal_place(JobId("lost")), trashed_at_ms=it.inner.created_at_ms)
    await it.vandal.put(own_key(removed), removed)


async def miscount_versions(it: Furnished) -> None:
    """Both of its rows say so."""
    file = replace(it.twice, unkept_versions=5)
    await it.vandal.put(own_key(file), file)
    await it.vandal.put(place_of(file), file)


async def miscount_versions_in_the_trash(it: Furnished) -> None:
    assert isinstance(it.trashed.node, File)
    file = replace(it.trashed.node, unkept_versions=5)
    await it.vandal.put(own_key(file), file)
    await it.vandal.put(in_trash(it.trashed), replace(it.trashed, node=file))


async def leave_a_version(it: Furnished) -> None:
    """Of a file that is gone, counted by nobody."""
    past = PastVersion(version=it.file.current, replaced_at_ms=1, due_at_ms=2)
    await it.vandal.put(version_key(NodeId(f"before {it.file.id}"), 1), past)


async def lose_journal(it: Furnished) -> None:
    await it.vandal.drop_journal(it.inner.seq)
    await it.vandal.drop_journal(it.inner.seq + 1)


Damage = Callable[[Furnished], Awaitable[None]]
REPAIRABLE: dict[Damage, DefectKind] = {
    lose_entry: DefectKind.ENTRY_MISSING,
    lose_entry_of_folder: DefectKind.ENTRY_MISSING,
    age_entry: DefectKind.ENTRY_STALE,
    orphan_entry: DefectKind.ENTRY_ALONE,
    double_entry: DefectKind.ENTRY_SURPLUS,
    keep_entry_of_trashed: DefectKind.ENTRY_SURPLUS,
    share_name: DefectKind.NAME_SHARED,
    make_twin: DefectKind.NAME_SHARED,
    leave_a_copy_in_the_making: DefectKind.JOB_GONE,
    leave_half_a_removal: DefectKind.JOB_GONE,
    lose_parent: DefectKind.PARENT_MISSING,
    misfile_entry: DefectKind.KEYS_MISFILED,
    misfile_file: DefectKind.KEYS_MISFILED,
    misfile_trash: DefectKind.KEYS_MISFILED,
    misfile_blob: DefectKind.KEYS_MISFILED,
    close_circle: DefectKind.FOLDERS_IN_CIRCLE,
    lose_trash: DefectKind.TRASH_MISSING,
    spoil_trash: DefectKind.TRASH_STALE,
    keep_trash_of_living: DefectKind.TRASH_SURPLUS,
    lose_trashed_node: DefectKind.TRASH_ALONE,
    miscount_references: DefectKind.REFERENCES_WRONG,
    mark_as_unreferenced: DefectKind.REFERENCES_WRONG,
    lose_journal: DefectKind.JOURNAL_GAP,
    leave_a_version: DefectKind.VERSION_ALONE,
    miscount_versions: DefectKind.VERSIONS_MISCOUNTED,
    miscount_versions_in_the_trash: DefectKind.VERSIONS_MISCOUNTED,
    miscount_trash: DefectKind.TRASH_MISCOUNTED,
    miscount_usage: DefectKind.USAGE_WRONG,
}


async def no_journal_yet(it: Furnished) -> None:
    """An entry that is newer than its node: which of them is the truth?"""
    await it.vandal.put(place_of(it.file), replace(it.file, revision=2, seq=it.file.seq + 1))


async def lose_blob(it: Furnished) -> None:
    await it.vandal.drop(blob_key(it.file.current.blob_id))


async def abandon_blob(it: Furnished) -> None:
    blob = Blob(id=it.file.current.blob_id, drive_id=DRIVE, state=BlobState.ABANDONED, decided_at_ms=1)
    await it.vandal.put(blob_key(blob.id), blob)


async def run_ahead(it: Furnished) -> None:
    file = replace(it.file, seq=1_000)
    await it.vandal.put(own_key(file), file)
    await it.vandal.put(place_of(file), file)


async def lie_below_a_file(it: Furnished) -> None:
    folder = replace(it.inner, parent_id=it.file.id)
    await it.vandal.drop(place_of(it.inner))
    await it.vandal.put(own_key(folder), folder)
    await it.vandal.put(place_of(folder), folder)


async def use_more_than_may_be(it: Furnished) -> None:
    await it.vandal.head(bytes_used=1, quota_bytes=3)


HUMAN: dict[Damage, DefectKind] = {
    no_journal_yet: DefectKind.ENTRY_NEWER,
    lose_blob: DefectKind.BLOB_MISSING,
    abandon_blob: DefectKind.BLOB_NOT_LIVE,
    run_ahead: DefectKind.SEQ_AHEAD,
    lie_below_a_file: DefectKind.PARENT_MISSING,
    use_more_than_may_be: DefectKind.USAGE_WRONG,
}
