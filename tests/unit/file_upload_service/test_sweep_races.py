"""The sweeper, and whoever comes back to an upload at that very moment."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from chassis.errors import RemoteError
from file_upload_service.domain.upload import Upload
from tests.fakes.upload_faults import Killed
from tests.fakes.upload_world import World
from tests.unit.file_upload_service.uploads import sent_large, sent_small

EXPIRED = timedelta(days=7)


async def later(turns: int, what: Awaitable[object]) -> object:
    for _ in range(turns):
        await asyncio.sleep(0)
    return await what


async def settle(world: World) -> None:
    """What was left under way is carried on, by instances that nothing disturbs."""
    for _ in range(4):
        await world.clock.advance(timedelta(minutes=1))
        await world.instance().sweep()


def assert_one_of_both(world: World, upload: Upload) -> None:
    committed = upload.blob_id in world.metadata.committed
    assert committed != (upload.blob_id in world.metadata.abandoned)
    assert committed == (upload.key in world.store.objects)
    assert not world.store.multiparts


@pytest.mark.parametrize("turns", range(-8, 9, 2))
@pytest.mark.parametrize("start", [sent_small, sent_large], ids=["small", "large"])
async def test_an_expired_upload_that_is_completed_while_it_is_swept_is_a_file_or_nothing(
    world: World, turns: int, start: Callable[..., Awaitable[Upload]]
) -> None:
    """`turns`: by how many steps the one or the other comes later."""
    upload = await start(world, world.instance())
    await world.clock.advance(EXPIRED)

    await asyncio.gather(
        later(max(0, -turns), world.instance().complete(upload.id)),
        later(max(0, turns), world.instance().sweep()),
        return_exceptions=True,
    )
    await settle(world)

    assert_one_of_both(world, upload)


async def test_a_commit_that_arrives_after_the_abandon_becomes_nothing(world: World) -> None:
    upload = await sent_small(world, world.instance())
    told = []
    commit = world.metadata.commit

    async def is_on_its_way(*facts: object) -> None:
        told.append(facts)
        raise Killed

    world.metadata.commit = is_on_its_way  # type: ignore[method-assign,assignment]  # it arrives later
    await asyncio.gather(world.instance().complete(upload.id), return_exceptions=True)
    world.metadata.commit = commit  # type: ignore[method-assign]
    await world.clock.advance(timedelta(seconds=16))
    await world.instance().abort(upload.id)

    with pytest.raises(RemoteError, match="blob_abandoned"):
        await commit(*told[0])

    assert_one_of_both(world, upload)
