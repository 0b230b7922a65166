"""What the committer promises under faults, in groups, and beside another instance."""

import asyncio
from dataclasses import replace

import pytest

from chassis.errors import Unavailable
from file_metadata_service.app.commands import Answer, Change, Landed
from file_metadata_service.app.drive_writer import WriterParts
from file_metadata_service.app.groups import GroupLimits, assemble
from file_metadata_service.app.memory import KnownRows
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.domain.blobs import Blob, BlobParts
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.errors import BlobAbandoned, NameTaken, NodeNotFound, WouldMakeCycle
from file_metadata_service.domain.ids import BlobId, NodeId, own_drive
from file_metadata_service.domain.nodes import new_folder
from file_metadata_service.ports.clock import Pause
from file_metadata_service.ports.ledger import blob_key, folder_key
from tests.fakes.metadata_service import ANN, BEN, FakeWorld, Service, a_blob

DRIVE = own_drive(ANN.account_id)


async def test_every_change_moves_the_head_by_one_and_stands_in_the_journal(
    world: FakeWorld, service: Service
) -> None:
    a = (await service.mkdir("a")).result
    await service.commit("x", a.id)
    await service.update(a.id, "b")
    await service.trash(a.id)
    writings = [world.store.journal[DRIVE, seq] for seq in (1, 2, 3, 4)]
    names = [[change.node.name for change in writing.changes] for writing in writings]
    assert names == [["a"], ["x"], ["b"], ["b"]]
    assert all(change.node.seq == writing.after.seq for writing in writings for change in writing.changes)
    assert writings[-1].changes[0].node.trashed_at_ms is not None


@pytest.mark.parametrize("faults", [["conflict"], ["lost"], ["applied"], ["conflict", "lost", "applied"]])
async def test_a_fault_on_the_way_changes_neither_the_answer_nor_the_number_of_changes(
    world: FakeWorld, service: Service, faults: list[str | None]
) -> None:
    world.store.faults.writes = faults
    landed = await service.mkdir("a", command="k")
    assert (landed.position.seq, world.store.heads[DRIVE].seq) == (1, 1)
    assert await service.mkdir("a", command="k") == landed
    assert await service.names() == ["a"]


async def test_an_outcome_that_stays_unknown_is_unavailable_and_repeating_tells(
    world: FakeWorld, service: Service
) -> None:
    world.store.faults.writes = ["applied", *["lost"] * 50]
    with pytest.raises(Unavailable):
        await service.mkdir("a", command="k")
    world.store.faults.writes = []
    landed = await service.mkdir("a", command="k")
    assert landed.position.seq == world.store.heads[DRIVE].seq == 1


@pytest.mark.parametrize("forgotten", [False, True])
async def test_a_write_that_landed_unseen_is_recognised_after_another_instance_went_on(
    world: FakeWorld, service: Service, forgotten: bool
) -> None:
    world.store.faults.tokens_forgotten = forgotten
    other = world.service()
    await other.mkdir("first")

    async def meanwhile(attempt: int) -> None:
        # The answer was lost; before the same writing is sent again, somebody else writes on top of it.
        if attempt == 0:
            await other.mkdir("later")

    service.use.committers.parts = _with_pause(service, meanwhile)
    world.store.faults.writes = ["applied"]
    landed = await service.mkdir("a", command="k")
    assert landed.position.seq == 2
    assert world.store.heads[DRIVE].seq == 3
    assert await service.mkdir("a", command="k") == landed


async def test_a_store_that_does_not_answer_for_a_while_delays_but_does_not_refuse(
    world: FakeWorld, service: Service
) -> None:
    await service.use.get_drive(ANN)
    world.store.faults.reads = ["unavailable"] * 3
    assert (await service.mkdir("a")).result.name == "a"


async def test_a_store_that_stays_away_is_unavailable(world: FakeWorld, service: Service) -> None:
    world.store.faults.reads = ["unavailable"] * 1000
    with pytest.raises(Unavailable):
        await service.mkdir("a")


async def test_a_bug_in_one_command_takes_no_other_along(service: Service) -> None:
    class Broken:
        def __call__(self, tree: object) -> object:
            raise KeyError("bug")

    broken = service.use.committers.of(DRIVE).submit(Broken())  # type: ignore[arg-type]  # it is broken
    results = await asyncio.gather(broken, service.mkdir("a"), return_exceptions=True)
    assert isinstance(results[0], KeyError)
    assert await service.names() == ["a"]


async def test_what_waits_while_a_group_is_written_is_written_together(
    world: FakeWorld, service: Service
) -> None:
    await asyncio.gather(*(service.mkdir(f"f{number}") for number in range(20)))
    assert world.store.heads[DRIVE].seq == 1
    assert len(await service.names()) == 20


async def test_a_group_stays_within_its_limits_and_keeps_the_order(world: FakeWorld) -> None:
    service = world.service(Policy(id_secret=b"s", limits=GroupLimits(items=9)))
    landed = await asyncio.gather(*(service.mkdir(f"f{number}") for number in range(8)))
    assert [it.position.seq for it in landed] == [1, 1, 1, 2, 2, 2, 3, 3]
    assert max(len(writing.items) for writing in world.store.journal.values()) == 9


async def test_groups_of_one_work_as_well(world: FakeWorld) -> None:
    service = world.service(Policy(id_secret=b"s", limits=GroupLimits(commands=1)))
    landed = await asyncio.gather(*(service.mkdir(f"f{number}") for number in range(4)))
    assert [it.position.seq for it in landed] == [1, 2, 3, 4]


async def test_commands_of_one_group_see_each_other(world: FakeWorld, service: Service) -> None:
    made = (await service.mkdir("a")).result
    results = await asyncio.gather(
        service.update(made.id, "b"),
        service.mkdir("a"),
        service.mkdir("A"),
        service.trash(made.id),
        service.commit("b"),
        return_exceptions=True,
    )
    assert isinstance(results[2], NameTaken)
    assert await service.names() == ["a", "b"]
    assert {it.position.seq for it in results if isinstance(it, Landed)} == {2}


async def test_what_comes_and_goes_in_one_group_leaves_only_its_journal(
    world: FakeWorld, service: Service
) -> None:
    made = (await service.mkdir("a")).result
    await asyncio.gather(service.trash(made.id), service.restore(made.id), service.update(made.id, "b"))
    assert await service.names() == ["b"]
    assert (await service.use.list_trash(ANN, limit=0, cursor="")).items == ()


async def test_of_sixteen_who_want_one_name_one_wins(world: FakeWorld) -> None:
    services = [world.service() for _ in range(4)]
    results = await asyncio.gather(
        *(services[number % 4].mkdir("a") for number in range(16)), return_exceptions=True
    )
    assert sum(isinstance(result, NameTaken) for result in results) == 15
    assert await services[0].names() == ["a"]


async def test_a_refusal_is_true_now_and_not_only_in_memory(world: FakeWorld, service: Service) -> None:
    made = (await service.mkdir("a")).result
    await world.service().update(made.id, "b")
    assert (await service.mkdir("a")).result.name == "a"


async def test_moves_that_would_make_a_cycle_together_do_not_both_land(world: FakeWorld) -> None:
    one, two = world.service(), world.service()
    a, b = (await one.mkdir("a")).result, (await two.mkdir("b")).result
    results = await asyncio.gather(
        one.update(a.id, parent=b.id), two.update(b.id, parent=a.id), return_exceptions=True
    )
    assert sum(isinstance(result, WouldMakeCycle) for result in results) == 1


async def test_a_commit_into_a_folder_that_another_instance_trashed_is_refused(
    world: FakeWorld, service: Service
) -> None:
    a = (await service.mkdir("a")).result
    b = (await service.mkdir("b", a.id)).result
    await world.service().trash(a.id)
    with pytest.raises(NodeNotFound):
        await service.commit("f", b.id)


async def test_a_caller_who_left_before_his_turn_gets_nothing_written(service: Service) -> None:
    first = asyncio.create_task(service.mkdir("a"))
    second = asyncio.create_task(service.mkdir("b"))
    await asyncio.sleep(0)
    second.cancel()
    await first
    await service.use.committers.finish()
    assert await service.names() == ["a"]


async def test_a_commit_is_done_exactly_once(world: FakeWorld, service: Service) -> None:
    first = await service.commit("a.txt", blob="one")
    again = await world.service().commit("other.txt", blob="one")
    assert again == first
    assert await service.names() == ["a.txt"]


async def test_abandon_and_commit_agree_on_one_winner(world: FakeWorld, service: Service) -> None:
    for number in range(10):
        blob = BlobId(f"blob{number}")
        committed, abandoned = await asyncio.gather(
            service.commit(f"f{number}", blob=blob),
            service.use.abandon(DRIVE, [blob]),
            return_exceptions=True,
        )
        assert not isinstance(abandoned, BaseException)
        assert isinstance(committed, BlobAbandoned) == (abandoned[0].committed is None)


async def test_what_is_abandoned_stays_abandoned(service: Service) -> None:
    blobs = [BlobId("one"), BlobId("two"), BlobId("one")]
    await service.commit("two", blob="two")
    for _ in range(2):
        found = await service.use.abandon(DRIVE, blobs)
        assert [blob.committed.name if blob.committed else None for blob in found] == [None, "two", None]
    with pytest.raises(BlobAbandoned):
        await service.commit("one", blob="one")


async def test_a_commit_for_somebody_elses_drive_is_refused(world: FakeWorld, service: Service) -> None:
    with pytest.raises(NodeNotFound):
        await service.use.change.commit(
            BEN,
            DRIVE,
            a_blob("one"),
            folder_id="root",
            name="a",
            rule=ConflictRule.FAIL,
            if_revision=None,
        )
    assert DRIVE not in world.store.heads


def _with_pause(service: Service, pause: Pause) -> WriterParts:
    return replace(service.use.committers.parts, pause=pause)


@pytest.mark.parametrize(("hashes", "rows"), [((b"a",), 0), ((b"a", b"b"), 1)])
async def test_the_hash_of_an_only_part_stands_on_the_blob_and_costs_no_row(
    world: FakeWorld, service: Service, hashes: tuple[bytes, ...], rows: int
) -> None:
    blob = replace(a_blob("b"), sha256=hashes)
    await service.use.change.commit(
        ANN,
        DRIVE,
        blob,
        folder_id="root",
        name="x",
        rule=ConflictRule.FAIL,
        if_revision=None,
    )

    stored = world.store.rows[blob_key(blob.id)]
    assert isinstance(stored, Blob)
    assert stored.only_part == (None if rows else b"a")
    assert sum(isinstance(row, BlobParts) for row in world.store.rows.values()) == rows


async def test_a_command_that_a_full_group_has_no_room_for_is_not_run_for_nothing(world: FakeWorld) -> None:
    head, runs = Drive(id=DRIVE, journal_id="j", created_at_ms=0), list[int]()

    def change(number: int) -> Change[int]:
        def run(tree: Tree) -> Answer[int]:
            runs.append(number)
            for row in range(96):
                node_id = NodeId(f"{number} {row}")
                tree.create(folder_key(node_id), new_folder(node_id, head.root, "n", at_ms=0, seq=1))
            return Answer(number, tree.seq)

        return run

    known = KnownRows(head.seq, {})
    group = assemble(Tree(head, known, now_ms=0), [change(1), change(2), change(3)], GroupLimits())
    assert ([it.result for it in group.outcomes if isinstance(it, Answer)], runs) == ([1], [1])
