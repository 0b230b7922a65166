"""Every remote call of every operation is broken once, in four ways; somebody else must be able to go on.

The calls are counted on an unbroken run first, so that a new call is tested without being named here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from chassis.errors import Unavailable
from file_upload_service.domain.errors import AlreadyCommitted
from file_upload_service.domain.target import ConflictRule
from file_upload_service.domain.upload import Upload, UploadState
from tests.fakes.upload_faults import KILLS, Fault, Faults, Killed
from tests.fakes.upload_world import ADA, Instance, World, claim, new_upload
from tests.unit.file_upload_service.uploads import (
    FIRST,
    LARGE_BYTES,
    SECOND,
    SMALL,
    hash_of,
    hold,
    hold_file,
    sent_large,
    sent_small,
    sent_stream,
    start_large,
    start_small,
)

Operation = Callable[[World, Instance], Awaitable[Upload]]


async def attempt(world: World, faults: Faults, operation: Operation) -> Upload | None:
    """Runs the operation on an instance that breaks; None if it did not answer."""
    instance = world.instance(faults)
    try:
        return await operation(world, instance)
    except (Killed, Unavailable):
        return None
    except BaseExceptionGroup as group:
        if group.split((Killed, Unavailable))[1] is not None:
            raise
        return None
    finally:
        await instance.background.close()


def mend_seconds(world: World) -> timedelta:
    return world.policy.lease + world.policy.longest_pause


async def sweep_for(world: World, how_long: timedelta, step: timedelta) -> None:
    end = world.clock.now() + how_long
    while world.clock.now() < end:
        await world.clock.advance(step)
        await world.instance().sweep()


async def after_everything(world: World) -> None:
    """All deadlines pass: what is left then is left for ever."""
    await sweep_for(world, timedelta(days=60), timedelta(hours=20))
    assert not world.uploads.uploads
    assert not world.uploads.parts
    assert not world.store.multiparts
    assert +world.uploads.open_count == {}
    assert {key.rpartition("/")[2] for key in world.store.objects} == set(world.metadata.live)
    assert world.metadata.aliases <= set(world.metadata.committed)
    assert {file.blob_id for file in world.metadata.files.values()} <= set(world.metadata.live)
    assert not world.metadata.abandoned & set(world.metadata.committed)


def steps_of(prepare: Operation | None, operation: Operation) -> int:
    async def count() -> int:
        world, faults = World(), Faults()
        if prepare is not None:
            await prepare(world, world.instance())
        await operation(world, world.instance(faults))
        return len(faults.calls)

    return asyncio.run(count())


async def complete(world: World, instance: Instance) -> Upload:
    return await instance.complete(next(iter(world.uploads.uploads))[1])


async def complete_stream(world: World, instance: Instance) -> Upload:
    return await instance.complete(next(iter(world.uploads.uploads))[1], size_bytes=len(FIRST))


async def abort(world: World, instance: Instance) -> Upload:
    return await instance.abort(next(iter(world.uploads.uploads))[1])


async def begin_small(_: World, instance: Instance) -> Upload:
    return await start_small(instance)


async def begin_large(_: World, instance: Instance) -> Upload:
    return await start_large(instance)


async def begin_known_small(world: World, instance: Instance) -> Upload:
    hold(world, SMALL)
    return await _carried_on(instance, await start_small(instance, content_hash=hash_of(SMALL)))


async def begin_known_large(world: World, instance: Instance) -> Upload:
    hold(world, FIRST, SECOND)
    return await _carried_on(instance, await start_large(instance, content_hash=hash_of(FIRST, SECOND)))


async def use_known(world: World, instance: Instance) -> Upload:
    hold(world, FIRST, SECOND)
    upload_id = next(iter(world.uploads.uploads))[1]
    used = await instance.use_known(ADA, upload_id, hash_of(FIRST, SECOND))
    return await _carried_on(instance, used.upload)


async def copy_known(world: World, instance: Instance) -> Upload:
    hold_file(world, FIRST, b"other", FIRST[:-4])
    upload_id = next(iter(world.uploads.uploads))[1]
    claims = [claim(1, FIRST), claim(2, SECOND)]
    return (await instance.use_known(ADA, upload_id, "", claims)).upload


async def begin_replacing(_: World, instance: Instance) -> Upload:
    return await instance.start(new_upload(LARGE_BYTES, conflict=ConflictRule.REPLACE))


async def _carried_on(instance: Instance, upload: Upload) -> Upload:
    """As a client does with what is proven, and no file yet."""
    return await instance.complete(upload.id) if upload.state is UploadState.STORED else upload


SCENARIOS: dict[str, tuple[Operation | None, Operation]] = {
    "start one part": (None, begin_small),
    "start two parts": (None, begin_large),
    "complete one part": (sent_small, complete),
    "complete two parts": (sent_large, complete),
    "complete a stream": (sent_stream, complete_stream),
    "abort one part": (sent_small, abort),
    "abort a stream": (sent_stream, abort),
    "abort two parts": (sent_large, abort),
    "start known one part": (None, begin_known_small),
    "start known two parts": (None, begin_known_large),
    "use what is known": (sent_large, use_known),
    "copy what is known": (begin_replacing, copy_known),
}
CASES = [
    pytest.param(prepare, operation, Faults(step, fault), id=f"{name}-{step}-{fault.name.lower()}")
    for name, (prepare, operation) in SCENARIOS.items()
    for step in range(steps_of(prepare, operation))
    for fault in Fault
]


@pytest.fixture
async def prepared(world: World, prepare: Operation | None, operation: Operation, faults: Faults) -> World:
    """The world after the operation broke."""
    if prepare is not None:
        await prepare(world, world.instance())
    await attempt(world, faults, operation)
    assert faults.struck
    assert faults.dead == (faults.fault in KILLS)
    return world


@pytest.mark.parametrize(("prepare", "operation", "faults"), CASES)
async def test_repeating_on_another_instance_ends_as_if_nothing_had_happened(
    prepared: World, operation: Operation
) -> None:
    await prepared.clock.advance(mend_seconds(prepared))

    upload = await operation(prepared, prepared.instance())

    expected = {begin_small: "open", begin_large: "open", copy_known: "open", abort: "aborted"}
    assert upload.state == expected.get(operation, "committed")
    assert len(prepared.uploads.uploads) == 1
    await after_everything(prepared)


@pytest.mark.parametrize(("prepare", "operation", "faults"), CASES)
async def test_the_sweeper_alone_leaves_nothing_half_done(prepared: World) -> None:
    await sweep_for(prepared, 2 * mend_seconds(prepared), timedelta(seconds=2))

    states = {upload.state for upload in prepared.uploads.uploads.values()}

    assert states <= {UploadState.OPEN, UploadState.COMMITTED, UploadState.ABORTED}
    await after_everything(prepared)


@pytest.mark.parametrize(("prepare", "operation", "faults"), CASES)
async def test_an_abort_after_the_crash_ends_it_or_finds_the_file(
    prepared: World, operation: Operation
) -> None:
    if not prepared.uploads.uploads:
        return
    await prepared.clock.advance(mend_seconds(prepared))

    with suppress(AlreadyCommitted):
        await abort(prepared, prepared.instance())

    upload = await prepared.uploads.get(*next(iter(prepared.uploads.uploads)))
    assert upload.state in {UploadState.COMMITTED, UploadState.ABORTED}
    assert (upload.blob_id in prepared.metadata.committed) == (upload.state is UploadState.COMMITTED)
    await after_everything(prepared)


ORDERS = [(first, pause) for first in (complete, abort) for pause in range(12)]


@pytest.mark.parametrize(("first", "pause"), ORDERS)
@pytest.mark.parametrize("prepare", [sent_small, sent_large])
async def test_of_complete_and_abort_at_once_one_wins(
    world: World, prepare: Operation, first: Operation, pause: int
) -> None:
    """The second starts when the first is a few steps on, for every number of steps."""
    upload = await prepare(world, world.instance())
    second = abort if first is complete else complete

    async def late() -> Upload:
        for _ in range(pause):
            await asyncio.sleep(0)
        return await second(world, world.instance())

    ticking = asyncio.create_task(_tick(world))
    await asyncio.gather(first(world, world.instance()), late(), return_exceptions=True)
    ticking.cancel()

    row = await world.uploads.get(ADA.account_id, upload.id)
    assert row.state in {UploadState.COMMITTED, UploadState.ABORTED, UploadState.ABORTING}
    await after_everything(world)
    assert len(world.metadata.committed) == (row.state is UploadState.COMMITTED)


async def _tick(world: World) -> None:
    while True:
        await asyncio.sleep(0)
        await world.clock.advance(timedelta(milliseconds=50))
