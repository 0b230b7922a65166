"""How many remote calls each operation costs: cold (a fresh instance) and with its memory warm."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from file_metadata_service.app.commands import Answer
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import chain
from file_metadata_service.domain.errors import NameTaken
from file_metadata_service.domain.ids import NodeId, own_drive
from tests.fakes.metadata_service import ANN, FakeWorld, Service, updating

DRIVE = own_drive(ANN.account_id)
Operation = Callable[[Service, "Places"], Awaitable[object]]


class Places:
    """/a/b with a file f in it, and a folder z in the root."""

    a: str
    b: str
    f: str
    z: str


async def _places(service: Service) -> Places:
    places = Places()
    places.a = (await service.mkdir("a")).result.id
    places.b = (await service.mkdir("b", places.a)).result.id
    places.f = (await service.commit("f", places.b)).result.id
    places.z = (await service.mkdir("z")).result.id
    return places


READS: dict[str, tuple[Operation, list[str], list[str]]] = {
    "the drive": (lambda it, at: it.use.get_drive(ANN), ["head"], ["head"]),
    "a folder two deep": (lambda it, at: it.get(at.b), ["head", "cache", "read", "read"], ["head"]),
    "a file two deep": (lambda it, at: it.get(at.f), ["head", "cache", "read", "read", "read"], ["head"]),
    "a page two deep": (
        lambda it, at: it.page(at.b),
        ["head", "cache", "read", "read", "cache", "query"],
        ["head"],
    ),
    "a path of three": (
        lambda it, at: it.use.resolve_path(ANN, ["a", "b", "f"]),
        ["head", "cache", "read", "read", "read"],
        ["head"],
    ),
    "the trash": (lambda it, at: it.use.list_trash(ANN, limit=0, cursor=""), *[["head", "query"]] * 2),
    "a download": (
        lambda it, at: it.use.check_download(ANN, at.f, None),
        ["head", "read", "read", "read"],
        ["head", "read"],
    ),
    "many downloads": (
        lambda it, at: it.use.check_download.many(ANN, [(at.f, None), (at.f, 1), ("none", None)]),
        ["head", "read", "read", "read"],
        ["head", "read"],
    ),
}
# What another wrote elsewhere in the drive meanwhile; what another instance has read already; what has changed itself.
CACHED: dict[str, tuple[list[str], list[str], list[str]]] = {
    "a folder two deep": (["head"], ["head", "cache"], ["head"]),
    "a file two deep": (["head", "cache"], ["head", "cache"], ["head", "cache", "read"]),
    "a page two deep": (["head", "cache"], ["head", "cache", "cache"], ["head", "cache", "query"]),
    "a path of three": (["head", "cache"], ["head", "cache"], ["head", "cache", "read"]),
}
WRITES: dict[str, tuple[Operation, list[str], list[str]]] = {
    "a new folder": (
        lambda it, at: it.mkdir("n", at.b),
        ["head", "read", "read", "write"],
        ["write"],
    ),
    "a commit": (lambda it, at: it.commit("n", at.b), ["head", "read", "read", "write"], ["read", "write"]),
    "a rename": (
        lambda it, at: it.update(at.b, "n"),
        ["head", "read", "read", "read", "write"],
        ["write"],
    ),
    "a move": (
        lambda it, at: it.update(at.b, "b", at.z),
        ["head", "read", "read", "write"],
        ["write"],
    ),
    "a deletion": (lambda it, at: it.trash(at.b), ["head", "read", "read", "write"], ["write"]),
}


@pytest.mark.parametrize("name", [*READS, *WRITES])
async def test_a_fresh_instance_needs_a_call_for_each_level_of_what_it_does_not_know(name: str) -> None:
    world = FakeWorld()
    places = await _places(world.service())
    operation, cold, _ = (READS | WRITES)[name]
    fresh = world.service()
    world.store.calls.clear()
    await operation(fresh, places)
    assert world.store.calls == cold


@pytest.mark.parametrize("name", READS)
async def test_what_was_read_before_is_proven_by_the_head_alone(name: str) -> None:
    world = FakeWorld()
    service = world.service()
    places = await _places(service)
    operation, _, warm = READS[name]
    await operation(service, places)
    world.store.calls.clear()
    await operation(service, places)
    assert world.store.calls == warm


@pytest.mark.parametrize("name", CACHED)
async def test_one_look_into_the_cache_proves_what_no_write_has_touched(name: str) -> None:
    world = FakeWorld()
    service, writer = world.service(), world.service()
    places = await _places(writer)
    operation = READS[name][0]
    await operation(service, places)
    await writer.commit("elsewhere", places.a)
    calls = list[list[str]]()
    for reader in (service, world.service()):
        world.store.calls.clear()
        await operation(reader, places)
        calls.append([*world.store.calls])
    await writer.commit("f", places.b, rule=ConflictRule.REPLACE)
    world.store.calls.clear()
    await operation(service, places)
    assert (*calls, world.store.calls) == CACHED[name]


@pytest.mark.parametrize("name", WRITES)
async def test_who_wrote_last_needs_no_head_and_no_chain_to_write_again(name: str) -> None:
    world = FakeWorld()
    service = world.service()
    places = await _places(service)
    operation, _, warm = WRITES[name]
    world.store.calls.clear()
    await operation(service, places)
    assert world.store.calls == warm


async def test_who_deleted_something_restores_it_without_reading(world: FakeWorld, service: Service) -> None:
    places = await _places(service)
    await service.trash(places.f)
    world.store.calls.clear()
    await service.restore(places.f)
    assert world.store.calls == ["write"]


async def test_only_what_is_refused_or_was_done_before_looks_for_its_record(world: FakeWorld) -> None:
    await world.service().mkdir("a", command="k")
    calls = dict[str, list[str]]()
    for name, command in (("a", "k"), ("a", "other")):
        world.store.calls.clear()
        with suppress(NameTaken):
            await world.service().mkdir(name, command=command)
        calls[command] = [*world.store.calls]
    assert calls == {"k": ["head", "read", "read"], "other": ["head", "read", "read", "write"]}


async def test_a_thousand_nodes_below_make_a_move_no_dearer(world: FakeWorld, service: Service) -> None:
    places = await _places(service)
    for number in range(1000):
        await service.commit(f"n{number}", places.b)
    world.store.calls.clear()
    await service.update(places.b, "b", places.z)
    assert world.store.calls == ["write"]
    assert len(world.store.journal[max(world.store.journal)].items) <= 5


async def test_a_deep_place_is_climbed_to_without_asking_the_rule_at_each_step(
    world: FakeWorld, service: Service
) -> None:
    """A rule that starts over at each level costs the square of the depth, on the loop that all drives share."""
    place = "root"
    for _ in range(100):
        place = (await service.mkdir("d", place)).result.id
    runs = 0

    def question(tree: Tree) -> int:
        nonlocal runs
        runs += 1
        return len(chain(tree, NodeId(place)))

    fresh = world.service()
    depth, _ = await fresh.use.get_node.find.reader.ask(own_drive(ANN.account_id), question)
    assert (depth, runs) == (101, 2)
    world.store.calls.clear()
    runs = 0

    def change(tree: Tree) -> Answer[int]:
        return Answer(question(tree), tree.seq)

    await world.service().use.committers.of(own_drive(ANN.account_id)).submit(change)
    assert (runs, len(world.store.calls)) == (2, 101)


async def test_ten_steps_are_read_in_as_few_rounds_as_one(world: FakeWorld) -> None:
    ids = [(await world.service().mkdir(f"f{number}")).result.id for number in range(10)]
    world.store.calls.clear()
    await world.service().together(*(updating(ids[n], f"f{(n + 1) % 10}") for n in range(10)))
    assert world.store.calls == ["head", "read", "read", "write"]
    assert [change.node.id for change in world.store.journal[DRIVE, 11].changes] == ids
