"""A job's blobs are read before its batch is written: what was seen is proven by the write, or asked again."""

import asyncio
from dataclasses import replace

from file_metadata_service.app.blob_preview import BlobPreview
from file_metadata_service.app.queues import Lane
from file_metadata_service.app.removal import RemoveNodes
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.ids import BlobId, own_drive
from file_metadata_service.domain.jobs import Job, JobState
from file_metadata_service.domain.nodes import File
from file_metadata_service.ports.ledger import blob_key
from tests.fakes.metadata_service import ANN, BEN, FakeWorld, Service
from tests.unit.file_metadata_service.test_copies import copy_file, copy_folder

DRIVE = own_drive(ANN.account_id)


def blob_of(world: FakeWorld, file: File) -> Blob:
    blob = world.store.rows[blob_key(file.current.blob_id)]
    assert isinstance(blob, Blob)
    return blob


async def test_what_has_changed_since_it_was_seen_is_refused_once_and_then_asked(
    world: FakeWorld, service: Service
) -> None:
    file = (await service.commit("f")).result
    seen = replace(blob_of(world, file), references=7)
    change = RemoveNodes((file,), preview={blob_key(seen.id): seen})
    committer = service.use.change.committers.of(DRIVE)
    async with asyncio.timeout(5):
        landed = await committer.submit(change, sender="job", lane=Lane.BACKGROUND)
    assert landed.result == 1
    assert blob_of(world, file).references == 0
    assert world.watch.retries == ["RowsRefused"]


async def test_what_was_seen_rightly_is_not_read_again(world: FakeWorld, service: Service) -> None:
    file = (await service.commit("f")).result
    preview = await BlobPreview(world.store, DRIVE).of([file])
    world.store.calls.clear()
    await service.use.change.committers.of(DRIVE).submit(RemoveNodes((file,), preview=preview))
    assert (world.store.calls, blob_of(world, file).references) == (["write"], 0)


async def test_files_of_one_blob_are_counted_together_and_no_batch_is_refused(
    world: FakeWorld, service: Service
) -> None:
    top = (await service.mkdir("src")).result.id
    source = (await service.commit("f", top)).result
    for number in range(99):
        await copy_file(service, source.id, top, f"g{number}")
    job = await copy_folder(service, top, name="dst")
    assert isinstance(job, Job)
    assert (job.state, blob_of(world, source).references) == (JobState.DONE, 200)
    assert world.watch.retries == []
    world.check_whole()


async def test_only_live_blobs_of_the_drive_are_seen_ahead(world: FakeWorld, service: Service) -> None:
    mine, theirs = (await service.commit("f")).result, (await service.commit("f", by=BEN)).result
    gone = replace(mine, current=replace(mine.current, blob_id=BlobId("gone")))
    await world.store.abandon(DRIVE, [BlobId("gone")], at_ms=1)
    preview = await BlobPreview(world.store, DRIVE).of([mine, theirs, gone])
    assert {key: blob.state for key, blob in preview.items()} == {
        blob_key(mine.current.blob_id): BlobState.LIVE
    }
