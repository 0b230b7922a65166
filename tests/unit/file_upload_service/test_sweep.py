"""What happens to uploads that nobody waits for."""

from datetime import timedelta

import pytest

from chassis.errors import RemoteError
from file_upload_service.domain.upload import UploadState
from tests.fakes.upload_faults import Fault, Faults
from tests.fakes.upload_world import ADA, World
from tests.unit.file_upload_service.uploads import sent_large, sent_small, start_large, start_small

DAY = timedelta(days=1)


async def state_of(world: World, upload) -> UploadState:
    return (await world.uploads.get(ADA.account_id, upload.id)).state


async def test_an_open_upload_is_left_alone_for_a_week(world: World) -> None:
    upload = await start_large(world.instance())
    await world.clock.advance(7 * DAY - timedelta(seconds=1))

    await world.instance().sweep()

    assert await state_of(world, upload) is UploadState.OPEN


async def test_an_upload_left_lying_for_a_week_is_ended(world: World) -> None:
    upload = await sent_large(world, world.instance())
    await world.clock.advance(7 * DAY)

    await world.instance().sweep()

    row = await world.uploads.get(ADA.account_id, upload.id)
    assert row.state is UploadState.ABORTED
    assert row.failure is not None
    assert row.failure.code == "upload_expired"
    assert not world.store.multiparts
    assert upload.blob_id in world.metadata.abandoned


async def test_an_ended_upload_is_forgotten_a_week_later_and_its_parts_too(world: World) -> None:
    upload = await sent_large(world, world.instance())
    await world.instance().abort(upload.id)
    for _ in range(3):
        await world.clock.advance(3 * DAY)
        await world.instance().sweep()

    assert not world.uploads.uploads
    assert not world.uploads.parts


async def test_a_committed_upload_is_forgotten_a_week_later_and_its_bytes_stay(world: World) -> None:
    upload = await sent_large(world, world.instance())
    await world.instance().complete(upload.id)
    await world.store.create_multipart(upload.key)
    await world.clock.advance(7 * DAY)

    await world.instance().sweep()

    assert not world.uploads.uploads
    assert upload.key in world.store.objects
    assert not world.store.multiparts


async def test_an_upload_whose_finisher_died_is_finished_within_seconds(world: World) -> None:
    upload = await sent_large(world, world.instance())
    dying = world.instance(Faults(at=3, fault=Fault.REFUSED))
    await dying.complete(upload.id)
    assert await state_of(world, upload) is UploadState.ASSEMBLING
    await world.clock.advance(timedelta(seconds=16))

    await world.instance().sweep()

    assert await state_of(world, upload) is UploadState.COMMITTED


async def test_nobody_interferes_while_a_lease_lasts(world: World) -> None:
    upload = await sent_large(world, world.instance())
    row = await world.uploads.get(ADA.account_id, upload.id)
    await world.uploads.save(row, row.assembling("holder", world.clock.now(), world.policy))
    await world.clock.advance(timedelta(seconds=14))

    await world.instance().sweep()

    assert await state_of(world, upload) is UploadState.ASSEMBLING


async def test_a_refused_upload_waits_for_thirty_days_and_is_then_ended(world: World) -> None:
    upload = await sent_small(world, world.instance())
    world.metadata.quota_exceeded = True
    with pytest.raises(RemoteError, match="quota_exceeded"):
        await world.instance().complete(upload.id)
    await world.clock.advance(29 * DAY)
    await world.instance().sweep()
    assert await state_of(world, upload) is UploadState.STORED
    await world.clock.advance(DAY)

    await world.instance().sweep()

    assert await state_of(world, upload) is UploadState.ABORTED
    assert not world.store.objects


async def test_lost_parts_are_believed_lost_only_after_many_tries(world: World) -> None:
    upload = await sent_large(world, world.instance())
    world.store.multiparts.clear()
    await world.instance().complete(upload.id)
    tries = 1
    while await state_of(world, upload) is UploadState.ASSEMBLING:
        await world.clock.advance(timedelta(minutes=1))
        await world.instance().sweep()
        tries += 1

    row = await world.uploads.get(ADA.account_id, upload.id)
    assert tries == world.policy.lost_after_attempts
    assert row.state is UploadState.FAILED
    assert row.failure is not None
    assert row.failure.code == "parts_lost"


async def test_a_store_that_takes_its_time_to_show_the_object_has_not_lost_it(world: World) -> None:
    upload = await sent_large(world, world.instance())
    complete = world.store.complete_multipart

    async def answers_too_early(*_: object) -> None:
        return

    world.store.complete_multipart = answers_too_early  # type: ignore[method-assign,assignment]  # trap: 200 is no proof
    await world.instance().complete(upload.id)
    for _ in range(2 * world.policy.lost_after_attempts):
        await world.clock.advance(timedelta(minutes=1))
        await world.instance().sweep()
    assert await state_of(world, upload) is UploadState.ASSEMBLING

    world.store.complete_multipart = complete  # type: ignore[method-assign]  # it is well again
    await world.clock.advance(timedelta(minutes=1))
    await world.instance().sweep()
    assert await state_of(world, upload) is UploadState.COMMITTED


async def test_one_upload_that_cannot_be_tended_does_not_hold_up_the_others(world: World) -> None:
    first = await start_small(world.instance(), command_id="one", name="one")
    second = await start_small(world.instance(), command_id="two", name="two")
    await world.clock.advance(7 * DAY)
    delete = world.store.delete

    async def broken(key: str) -> None:
        if key == first.key:
            raise ZeroDivisionError
        await delete(key)

    world.store.delete = broken  # type: ignore[method-assign]  # this store is broken
    await world.instance().sweep()

    assert await state_of(world, second) is UploadState.ABORTED
    assert await state_of(world, first) is UploadState.ABORTING
    assert await world.instance().sweep() == 0


async def test_a_sweep_while_the_stores_are_away_destroys_nothing_and_comes_back(world: World) -> None:
    upload = await sent_small(world, world.instance())
    await world.clock.advance(7 * DAY)
    await world.instance(Faults(at=3, fault=Fault.REFUSED)).sweep()
    assert await state_of(world, upload) is UploadState.ABORTING
    assert upload.key in world.store.objects
    await world.clock.advance(timedelta(minutes=1))

    await world.instance().sweep()

    assert await state_of(world, upload) is UploadState.ABORTED
