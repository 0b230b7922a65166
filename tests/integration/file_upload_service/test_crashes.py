"""An instance is killed at each remote call, before and after it, on the real engines; another one goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from chassis.errors import Unavailable
from file_upload_service.domain.errors import AlreadyCommitted
from file_upload_service.domain.upload import Upload, UploadState
from tests.fakes.upload_faults import Fault, Faults, Killed
from tests.fakes.upload_world import ADA, Instance, claim, new_upload
from tests.integration.file_upload_service.real_world import RealWorld, rows_left
from tests.unit.file_upload_service.uploads import FIRST, LARGE_BYTES, SECOND

pytestmark = pytest.mark.judged_once

BODY = FIRST + SECOND
# More than any of the operations takes; a run whose fault lies beyond its last call is an unbroken one.
STEPS = range(12)

Operation = Callable[[Instance, Upload | None], Awaitable[Upload]]


async def start(instance: Instance, _: Upload | None = None) -> Upload:
    return await instance.start(new_upload(LARGE_BYTES), claim(1, FIRST), claim(2, SECOND))


async def complete(instance: Instance, upload: Upload | None) -> Upload:
    assert upload is not None
    return await instance.complete(upload.id)


async def abort(instance: Instance, upload: Upload | None) -> Upload:
    assert upload is not None
    return await instance.abort(upload.id)


async def broken(world: RealWorld, faults: Faults, operation: Operation, upload: Upload | None) -> None:
    instance = world.instance(faults)
    with suppress(Killed, Unavailable):
        await operation(instance, upload)
    await instance.background.close()


async def sent(world: RealWorld) -> Upload:
    upload = await start(world.instance())
    await world.send_all(upload, FIRST, SECOND)
    return upload


async def sweep_until_quiet(world: RealWorld, how_long: timedelta) -> None:
    end = world.clock.now() + how_long
    while world.clock.now() < end:
        await world.clock.advance(how_long / 8)
        while await world.instance().sweep():
            await world.clock.advance(timedelta(seconds=1))


@pytest.mark.parametrize("fault", [Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.ANSWER_LOST])
async def test_whatever_is_killed_or_lost_in_completing_the_file_is_right(
    world: RealWorld, fault: Fault
) -> None:
    for step in STEPS:
        world.metadata.files.clear()
        upload = await start_numbered(world, step)
        await world.send_all(upload, FIRST, SECOND)
        faults = Faults(step, fault)
        await broken(world, faults, complete, upload)
        await world.clock.advance(world.policy.lease)

        done = await complete(world.instance(), upload)

        assert done.state is UploadState.COMMITTED
        assert await world.body_of(upload) == BODY
        if not faults.struck:
            return
    raise AssertionError("more steps than were tried")


async def start_numbered(world: RealWorld, number: int) -> Upload:
    new = new_upload(LARGE_BYTES, command_id=f"c{number}", name=f"n{number}")
    return await world.instance().start(new, claim(1, FIRST), claim(2, SECOND))


@pytest.mark.parametrize("fault", [Fault.KILLED_BEFORE, Fault.KILLED_AFTER])
@pytest.mark.parametrize("operation", [start, complete, abort])
async def test_whatever_is_killed_the_sweeper_leaves_nothing_but_files(
    world: RealWorld, dynamodb_endpoint: str, table_prefix: str, operation: Operation, fault: Fault
) -> None:
    for step in STEPS:
        upload = None if operation is start else await start_numbered(world, step)
        if upload is not None:
            await world.send_all(upload, FIRST, SECOND)
        faults = Faults(step, fault)
        await broken(world, faults, operation, upload)
        if not faults.struck:
            break

    await sweep_until_quiet(world, timedelta(seconds=80))
    await sweep_until_quiet(world, timedelta(days=40))

    objects, multiparts = await world.what_s3_holds()
    assert {key.rpartition("/")[2] for key in objects} == set(world.metadata.committed)
    assert multiparts == []
    assert rows_left(dynamodb_endpoint, table_prefix) == []


@pytest.mark.parametrize("pause_seconds", [0, 0.005, 0.01, 0.02, 0.04])
async def test_of_complete_and_abort_at_once_one_wins(world: RealWorld, pause_seconds: float) -> None:
    upload = await sent(world)

    async def late_abort() -> None:
        await asyncio.sleep(pause_seconds)  # two real engines decide who is first
        with suppress(AlreadyCommitted):
            await abort(world.instance(), upload)

    await asyncio.gather(complete(world.instance(), upload), late_abort(), return_exceptions=True)
    # What S3 was still putting together when the abort cleaned up is found at the second look.
    await sweep_until_quiet(world, timedelta(hours=4))

    row = await world.uploads.get(ADA.account_id, upload.id)
    objects, multiparts = await world.what_s3_holds()
    assert multiparts == []
    if row.state is UploadState.COMMITTED:
        assert await world.body_of(upload) == BODY
        assert upload.blob_id in world.metadata.committed
    else:
        assert row.state is UploadState.ABORTED
        assert objects == set()
        assert upload.blob_id in world.metadata.abandoned


async def test_completions_at_once_by_many_instances_are_one(world: RealWorld) -> None:
    upload = await sent(world)

    async def ticking() -> None:
        while True:
            await asyncio.sleep(0.01)
            await world.clock.advance(timedelta(milliseconds=200))

    clock = asyncio.create_task(ticking())
    done = await asyncio.gather(*(complete(world.instance(), upload) for _ in range(8)))
    clock.cancel()

    assert {each.state for each in done} == {UploadState.COMMITTED}
    assert len(world.metadata.committed) == 1
    assert await world.body_of(upload) == BODY
