"""No answer is older than a write that was answered before the question, whatever becomes of the cache."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from chassis.errors import DomainError
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.domain.errors import NodeNotFound
from tests.fakes.metadata_service import ANN, FakeWorld, ListedPage, Service

Look = dict[str, object]
Writes = Callable[[Service, "Places"], Awaitable[object]]


@dataclass(slots=True)
class Places:
    """/a/b with a file f in it."""

    a: str
    b: str
    f: str


async def places(service: Service) -> Places:
    a = (await service.mkdir("a")).result.id
    b = (await service.mkdir("b", a)).result.id
    return Places(a, b, (await service.commit("f", b)).result.id)


async def look(service: Service, at: Places) -> Look:
    """All that can be cached, and what is missing."""

    async def told(question: Awaitable[object]) -> object:
        try:
            return await question
        except DomainError as error:
            return error.code

    found = {
        "file": told(service.get(at.f)),
        "folder": told(service.get(at.b)),
        "path": told(service.use.resolve_path(ANN, ["a", "b", "f"])),
        "PATH": told(service.use.resolve_path(ANN, ["A", "B", "F"])),
        "page": told(service.page(at.b)),
        "page above": told(service.page(at.a, descending=True)),
        "root": told(service.page()),
    }
    return {name: await question for name, question in found.items()}


WRITES: dict[str, Writes] = {
    "a file replaced": lambda it, at: it.commit("f", at.b, rule=ConflictRule.REPLACE),
    "a file renamed": lambda it, at: it.update(at.f, "g"),
    "a file renamed by case alone": lambda it, at: it.update(at.f, "F"),
    "a file moved": lambda it, at: it.update(at.f, "f", at.a),
    "a file trashed": lambda it, at: it.trash(at.f),
    "a file added": lambda it, at: it.commit("g", at.b),
    "a folder added": lambda it, at: it.mkdir("c", at.b),
    "the folder renamed": lambda it, at: it.update(at.b, "c"),
    "the folder above moved": lambda it, at: it.update(at.b, "b", "root"),
    "the folder above trashed": lambda it, at: it.trash(at.a),
    "nothing near it": lambda it, at: it.commit("elsewhere"),
}


@pytest.mark.parametrize("cache", ["well", "deaf", "away since", "flushed"])
@pytest.mark.parametrize("name", WRITES)
async def test_after_a_write_of_another_instance_everything_looks_as_if_there_were_no_cache(
    name: str, cache: str
) -> None:
    world = FakeWorld()
    reader, writer = world.service(), world.service()
    at = await places(writer)
    await look(reader, at)
    world.cache.deaf, world.cache.away = cache == "deaf", cache == "away since"
    await WRITES[name](writer, at)
    if cache == "flushed":
        world.cache.flush()
    seen = await look(reader, at)
    world.cache.away = True
    assert seen == await look(world.service(), at)


async def test_a_folder_that_was_trashed_and_restored_is_what_it_was(world: FakeWorld) -> None:
    reader, writer = world.service(), world.service()
    at = await places(writer)
    before = await look(reader, at)
    await writer.trash(at.a)
    with pytest.raises(NodeNotFound):
        await reader.page(at.b)
    await writer.restore(at.a)
    after = await look(reader, at)
    assert before["file"].node == after["file"].node  # type: ignore[attr-defined]  # found
    assert before["page"].items == after["page"].items  # type: ignore[attr-defined]  # found


async def test_pages_behind_the_first_are_as_true(world: FakeWorld) -> None:
    reader, writer = world.service(), world.service()
    at = await places(writer)
    await writer.commit("x", at.b)
    cursor = (await reader.page(at.b, limit=1)).next_cursor
    for _ in range(3):
        assert [it.name for it in (await reader.page(at.b, limit=1, cursor=cursor)).items] == ["x"]
    await writer.commit("g", at.b)
    for _ in range(3):
        assert [it.name for it in (await reader.page(at.b, limit=1, cursor=cursor)).items] == ["g"]
    assert [result for kind, result in world.read_watch.looks if kind == "page"][-3:] == [
        "store",
        "memory",
        "memory",
    ]


async def test_a_slow_reader_does_not_bring_the_past_back(world: FakeWorld) -> None:
    """It has read the page, and keeps it only after a write and another reader's look at what was written."""
    slow, quick, writer = (world.service() for _ in range(3))
    at = await places(writer)
    await slow.get(at.b)  # the chain, so that only the page is left to read

    async def meanwhile() -> None:
        await writer.commit("g", at.b)
        assert [it.name for it in (await quick.page(at.b)).items] == ["f", "g"]

    world.store.faults.meanwhile["head"] = meanwhile()
    assert len((await slow.page(at.b)).items) >= 1
    for reader in (slow, quick, world.service()):
        assert [it.name for it in (await reader.page(at.b)).items] == ["f", "g"]


@dataclass(slots=True)
class Crowd:
    """Writers and readers at random; the cache fails at random, too."""

    chance: random.Random
    world: FakeWorld = field(default_factory=FakeWorld)
    names: list[set[str]] = field(default_factory=lambda: [set()])
    # What was seen, and which heads had been answered before and written after.
    seen: list[tuple[ListedPage, int, int]] = field(default_factory=list)

    async def write(self, service: Service) -> None:
        """One at a time, so that what stood in the folder at each seq is known."""
        for number in range(40):
            names = self.names[-1]
            if names and self.chance.random() < 0.5:
                name = self.chance.choice(sorted(names))
                found = await service.use.resolve_path(ANN, [name])
                await service.trash(found.node.id)
                self.names.append(names - {name})
            else:
                await service.commit(f"f{number}")
                self.names.append(names | {f"f{number}"})
            self.world.cache.deaf, self.world.cache.away = (self.chance.random() < 0.1 for _ in range(2))
            if self.chance.random() < 0.1:
                self.world.cache.flush()

    async def read(self, service: Service) -> None:
        for _ in range(60):
            oldest = len(self.names) - 1
            page = await service.page()
            self.seen.append((page, oldest, self.world.store.heads[page.position.drive_id].seq))


@pytest.mark.parametrize("seed", range(10))
async def test_every_page_was_true_while_it_was_asked_for(seed: int) -> None:
    crowd = Crowd(random.Random(seed))
    services = [crowd.world.service() for _ in range(3)]
    await services[0].get("root")
    async with asyncio.TaskGroup() as group:
        group.create_task(crowd.write(services[0]))
        for service in services:
            for _ in range(3):
                group.create_task(crowd.read(service))
    for page, oldest, newest in crowd.seen:
        assert oldest <= page.position.seq <= newest
        assert {it.name for it in page.items} in crowd.names[page.position.seq : newest + 1]
    assert {result for kind, result in crowd.world.read_watch.looks if kind == "page"} >= {"memory", "store"}
