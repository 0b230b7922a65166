"""Work that nobody waits for: it comes later, in small pages with pauses, and not at all if it is of no more use."""

import asyncio
from dataclasses import dataclass, field, replace

from file_metadata_service.app.calm_listing import LONGEST_PAUSE_SECONDS, NODES_A_PAGE, CalmListing
from file_metadata_service.app.count_trash import COUNT_AFTER_SECONDS, MOST_WAITING
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.jobs import JobState
from file_metadata_service.domain.nodes import Node
from file_metadata_service.ports.listings import Order, Page
from tests.fakes.metadata_clock import ManualClock
from tests.fakes.metadata_service import ANN, FakeWorld, Service
from tests.unit.file_metadata_service.test_copies import a_tree


@dataclass(slots=True)
class Sleeper:
    """Sleeps until it is woken, and remembers for how long it was to."""

    asked: list[float] = field(default_factory=list)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self.woken.wait()


@dataclass(slots=True)
class SlowListing:
    """Empty pages, each of which takes so long."""

    clock: ManualClock
    takes_ms: int
    limits: list[int] = field(default_factory=list)

    async def page(self, folder_id: NodeId, order: Order, *, limit: int, start: str | None) -> Page[Node]:
        self.limits.append(limit)
        self.clock.pass_ms(self.takes_ms)
        return Page((), None)

    def behind(self, node: Node) -> str:
        return node.id


async def turns() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


def queries(world: FakeWorld) -> int:
    return world.store.calls.count("query")


async def test_a_page_is_small_and_after_it_comes_a_pause_as_long_as_it_took() -> None:
    clock, pauses = ManualClock(), list[float]()

    async def sleep(seconds: float) -> None:
        pauses.append(round(seconds, 3))

    for takes_ms in (40, 60_000):
        slow = SlowListing(clock, takes_ms)
        await CalmListing(slow, clock, sleep).page(NodeId("f"), Order(), limit=1_000, start=None)
        await CalmListing(slow, clock, sleep).page(NodeId("f"), Order(), limit=7, start=None)
        assert slow.limits == [NODES_A_PAGE, 7]
    assert pauses == [0.04, 0.04, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS]


async def test_counting_begins_some_seconds_after_the_deletion(world: FakeWorld) -> None:
    sleeper = Sleeper()
    service = Service(UseCases(replace(world.ports(), sleep=sleeper), Policy(id_secret=b"secret")))
    top = (await service.mkdir("top")).result.id
    await service.commit("f", top, size=4)
    await service.trash(top)
    await turns()
    assert sleeper.asked == [COUNT_AFTER_SECONDS]
    assert (queries(world), (await service.use.get_drive(ANN)).trash_size_bytes) == (0, None)
    world.clock.pass_ms(int(COUNT_AFTER_SECONDS * 1000))
    sleeper.woken.set()
    await turns()
    assert (queries(world), (await service.use.get_drive(ANN)).trash_size_bytes) == (1, 4)


async def test_what_is_restored_before_it_is_counted_is_not_looked_at(
    world: FakeWorld, service: Service
) -> None:
    top = await a_tree(service)
    await service.trash(top)
    seq = (await service.restore(top)).position.seq
    await service.use.tree_jobs.count.settle()
    assert (queries(world), world.jobs.rows) == (0, {})
    assert (await service.use.get_drive(ANN)).position.seq == seq
    world.check_whole()


async def test_a_count_whose_folder_was_restored_ends_without_a_walk(
    world: FakeWorld, service: Service
) -> None:
    runner = service.use.jobs.runner
    top = await a_tree(service)
    await service.trash(top)
    runner.at_once = 0
    await service.use.tree_jobs.count.settle()
    await service.restore(top)
    world.store.calls.clear()
    runner.at_once = 6
    await runner.look()
    await runner.settle()
    (job,) = world.jobs.rows.values()
    assert (job.state, queries(world)) == (JobState.DONE, 0)
    world.check_whole()


async def test_a_deletion_after_a_restore_is_counted_anew(world: FakeWorld, service: Service) -> None:
    top = await a_tree(service)
    await service.trash(top)
    await service.restore(top)
    world.clock.pass_ms(5)
    await service.trash(top)
    await service.use.tree_jobs.count.settle()
    await service.use.jobs.runner.settle()
    assert (await service.use.get_drive(ANN)).trash_size_bytes == 40
    world.check_whole()


async def test_deletions_beyond_what_may_wait_are_left_to_the_sweeper(service: Service) -> None:
    item = (await service.trash((await service.mkdir("top")).result.id)).result
    count = service.use.tree_jobs.count
    for _ in range(MOST_WAITING + 5):
        count.begin(item)
    assert count.waiting == MOST_WAITING
