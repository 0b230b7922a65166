"""Ending an upload on purpose."""

from datetime import timedelta

import pytest

from file_upload_service.domain.errors import AlreadyCommitted, UploadNotFound
from file_upload_service.domain.ids import UploadId
from file_upload_service.domain.transfer import Reach
from file_upload_service.domain.upload import UploadState
from tests.fakes.upload_faults import Fault, Faults
from tests.fakes.upload_world import ADA, World, claim
from tests.unit.file_upload_service.uploads import SMALL, sent_large, sent_small, start_large, start_small


async def test_aborting_frees_what_s3_holds_and_the_budget(world: World) -> None:
    upload = await sent_large(world, world.instance())

    ended = await world.instance().abort(upload.id)

    assert ended.state is UploadState.ABORTED
    assert not world.store.multiparts
    assert world.uploads.open_count[ADA.account_id] == 0


async def test_metadata_decides_before_anything_is_destroyed(world: World) -> None:
    upload = await sent_small(world, world.instance())
    instance = world.instance()

    await instance.abort(upload.id)

    calls = instance.faults.calls
    assert calls.index("InMemoryMetadata.abandon") < calls.index("InMemoryObjectStore.delete")


async def test_nothing_is_destroyed_while_metadata_cannot_be_asked(world: World) -> None:
    upload = await sent_small(world, world.instance())
    instance = world.instance(Faults(at=2, fault=Fault.REFUSED))

    waiting = await instance.abort(upload.id)

    assert instance.faults.calls[2] == "InMemoryMetadata.abandon"
    assert waiting.state is UploadState.ABORTING
    assert upload.key in world.store.objects


async def test_aborting_again_is_harmless(world: World) -> None:
    upload = await sent_small(world, world.instance())
    first = await world.instance().abort(upload.id)

    assert await world.instance().abort(upload.id) == first


async def test_a_file_is_not_an_upload_any_more(world: World) -> None:
    upload = await sent_small(world, world.instance())
    await world.instance().complete(upload.id)

    with pytest.raises(AlreadyCommitted):
        await world.instance().abort(upload.id)
    assert upload.key in world.store.objects


async def test_an_abort_that_comes_after_the_commit_makes_the_upload_committed(world: World) -> None:
    """The instance died between Commit and its note of it."""
    upload = await sent_small(world, world.instance())
    dying = world.instance(Faults(at=5, fault=Fault.REFUSED))
    await dying.complete(upload.id)
    assert dying.faults.calls[5] == "InMemoryUploadRepository.save"
    assert (await world.uploads.get(ADA.account_id, upload.id)).state is UploadState.STORED

    with pytest.raises(AlreadyCommitted):
        await world.instance().abort(upload.id)

    row = await world.uploads.get(ADA.account_id, upload.id)
    assert row.state is UploadState.COMMITTED
    assert row.committed == world.metadata.committed[upload.blob_id]
    assert upload.key in world.store.objects
    assert world.uploads.open_count[ADA.account_id] == 0


async def test_what_a_url_brings_back_after_the_end_is_removed_when_it_can_bring_no_more(
    world: World,
) -> None:
    upload = await start_small(world.instance())
    signed = await world.instance().sign_parts(ADA, upload.id, [claim(1, SMALL)], Reach.PUBLIC)
    await world.instance().abort(upload.id)
    world.store.send(signed.parts[0], SMALL)

    row = await world.uploads.get(ADA.account_id, upload.id)
    assert row.due_at == row.signed_until + timedelta(minutes=15)
    await world.clock.advance(row.due_at - world.clock.now())
    await world.instance().sweep()

    assert not world.store.objects


async def test_a_multipart_upload_that_nobody_remembers_is_found_by_its_key(world: World) -> None:
    upload = await start_large(world.instance())
    await world.store.create_multipart(upload.key)

    await world.instance().abort(upload.id)

    assert not world.store.multiparts


async def test_what_nobody_started_cannot_be_aborted(world: World) -> None:
    with pytest.raises(UploadNotFound):
        await world.instance().abort(UploadId("0" * 32))
