"""All nodes of a drive are walked past, in memory and on the real engine."""

import pytest

from file_metadata_service.adapters.dynamodb import node_walk
from file_metadata_service.adapters.dynamodb.node_walk import DynamoNodeWalk
from file_metadata_service.domain.ids import DriveId, own_drive
from file_metadata_service.ports.ledger import Key, file_key, folder_key
from file_metadata_service.ports.node_walk import NodeWalk
from tests.fakes.metadata_searching import InMemoryNodeWalk
from tests.fakes.metadata_service import ANN, BEN, FakeWorld, Service


@pytest.fixture(params=["memory", "dynamodb"])
def walked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Service, NodeWalk]:
    """Pages are so small that there are several."""
    if request.param == "memory":
        fake = FakeWorld()
        return fake.service(), InMemoryNodeWalk(fake.store, keys_in_a_page=2)
    monkeypatch.setattr(node_walk, "KEYS_PER_PAGE", 2)
    real = request.getfixturevalue("world")
    return real.service(), DynamoNodeWalk(real.tables)


async def keys(walk: NodeWalk, drive_id: DriveId) -> list[Key]:
    found, start = list[Key](), None
    while True:
        page = await walk.page(drive_id, start=start)
        found += page.items
        start = page.next_start
        if start is None:
            return sorted(found)


async def test_folders_and_files_are_there_in_the_tree_and_in_the_trash_and_nobody_elses(
    walked: tuple[Service, NodeWalk],
) -> None:
    service, walk = walked
    outer = (await service.mkdir("outer")).result.id
    folders = [outer, *[(await service.mkdir(f"{n}", outer)).result.id for n in range(4)]]
    files = [(await service.commit(f"{n}.txt", outer)).result.id for n in range(3)]
    await service.mkdir("another's", by=BEN)
    await service.trash(outer)

    found = await keys(walk, own_drive(ANN.account_id))

    assert found == sorted([*map(folder_key, folders), *map(file_key, files)])


async def test_an_empty_drive_has_none(walked: tuple[Service, NodeWalk]) -> None:
    _, walk = walked

    assert await keys(walk, DriveId("nobody's")) == []
