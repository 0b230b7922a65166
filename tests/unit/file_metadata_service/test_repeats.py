"""A command that comes again, at an instance that does not know of the first time."""

import asyncio

import pytest

from file_metadata_service.domain.errors import CommandIdReused
from file_metadata_service.domain.journal import COMMAND_MEMORY_MS
from tests.fakes.metadata_service import FakeWorld, Service


async def test_what_could_be_done_again_is_not(world: FakeWorld, service: Service) -> None:
    node = (await service.mkdir("a")).result.id
    first = await service.update(node, "b", command="k")
    await service.update(node, "c")
    assert await world.service().update(node, "b", command="k") == first
    assert world.root_names() == ["c"]


async def test_what_stands_in_its_own_way_is_answered_as_it_was(world: FakeWorld, service: Service) -> None:
    made = await service.mkdir("a", command="k")
    trashed = await service.trash(made.result.id, command="l")
    other = world.service()
    assert await other.mkdir("a", command="k") == made
    assert await other.trash(made.result.id, command="l") == trashed
    assert world.root_names() == []


async def test_an_id_that_comes_with_another_request_is_refused_though_the_request_could_be_done(
    world: FakeWorld, service: Service
) -> None:
    await service.mkdir("a", command="k")
    with pytest.raises(CommandIdReused):
        await world.service().mkdir("b", command="k")
    assert world.root_names() == ["a"]


async def test_repeats_do_not_take_the_others_of_their_group_along(
    world: FakeWorld, service: Service
) -> None:
    node = (await service.mkdir("a")).result.id
    first = await service.update(node, "b", command="k")
    await service.update(node, "c")
    other = world.service()
    again, made = await asyncio.gather(other.update(node, "b", command="k"), other.mkdir("new"))
    assert (again, made.position.seq) == (first, 4)
    assert world.root_names() == ["c", "new"]


async def test_a_record_that_has_expired_but_still_stands_is_written_over(
    world: FakeWorld, service: Service
) -> None:
    node = (await service.mkdir("a")).result.id
    await service.update(node, "b", command="k")
    world.clock.pass_ms(COMMAND_MEMORY_MS + 1_000)
    again = await world.service().update(node, "c", command="k")
    assert (again.result.name, again.position.seq) == ("c", 3)
    assert await world.service().update(node, "c", command="k") == again
