"""While a group is on its way the next one is drafted: it goes out at once, or never, and changes no answer."""

import asyncio
from dataclasses import dataclass, field

import pytest

from file_metadata_service.app.groups import GroupLimits
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.domain.errors import NameTaken
from file_metadata_service.domain.ids import own_drive
from file_metadata_service.ports.ledger import Send, Writing
from tests.fakes.metadata_service import ANN, FakeWorld, Service
from tests.fakes.metadata_store import InMemoryMetadata

DRIVE = own_drive(ANN.account_id)


@dataclass(slots=True)
class ListeningStore(InMemoryMetadata):
    """Tells when a writing was made ready, beside when it was sent."""

    deeds: list[str] = field(default_factory=list)

    def ready(self, writing: Writing) -> Send:
        names = "+".join(change.node.name for change in writing.changes)
        self.deeds.append(f"ready {names}")
        send = InMemoryMetadata.ready(self, writing)

        async def sending() -> None:
            self.deeds.append(f"send {names}")
            await send()
            self.deeds.append(f"landed {names}")

        return sending


@pytest.fixture
def store() -> ListeningStore:
    return ListeningStore()


@pytest.fixture
def service(store: ListeningStore) -> Service:
    """Groups of one command, so that every group is full."""
    return FakeWorld(store=store).service(Policy(id_secret=b"s", limits=GroupLimits(commands=1)))


async def folders(service: Service, store: ListeningStore, *names: str) -> list[object]:
    """All at once, by one session, once the drive is known."""
    await service.mkdir("first")
    store.deeds.clear()
    return await asyncio.gather(*(service.mkdir(name) for name in names), return_exceptions=True)


async def test_the_next_group_is_ready_before_the_one_in_front_of_it_has_landed(
    service: Service, store: ListeningStore
) -> None:
    await folders(service, store, "a", "b", "c")
    assert store.deeds == [
        "ready a",
        "send a",
        "ready b",
        "landed a",
        "send b",
        "ready c",
        "landed b",
        "send c",
        "landed c",
    ]


async def test_a_draft_sees_what_the_group_before_it_does(service: Service, store: ListeningStore) -> None:
    answers = await folders(service, store, "a", "A")
    assert isinstance(answers[1], NameTaken)
    assert "send a" in store.deeds


@pytest.mark.parametrize("fault", ["conflict", "lost", "applied"])
async def test_a_draft_behind_a_group_that_went_another_way_is_thrown_away(
    service: Service, store: ListeningStore, fault: str
) -> None:
    await service.mkdir("first")
    store.faults.writes = [fault]
    await asyncio.gather(*(service.mkdir(name) for name in "abc"))
    store_names = {node.name for _, node in store.entries(DRIVE)}
    assert store_names == {"first", "a", "b", "c"}
    assert [store.journal[DRIVE, seq].after.seq for seq in range(1, 5)] == [1, 2, 3, 4]


async def test_somebody_else_may_take_the_head_between_a_group_and_the_draft_behind_it(
    store: ListeningStore, service: Service
) -> None:
    world = FakeWorld(store=store)
    other = world.service()
    await service.mkdir("first")
    store.faults.meanwhile["write"] = other.mkdir("theirs")
    await asyncio.gather(*(service.mkdir(name) for name in "abc"))
    assert {node.name for _, node in store.entries(DRIVE)} == {"first", "theirs", "a", "b", "c"}
    world.check_whole()
