"""Deleting for ever, emptying and purging the trash, and how much lies in it."""

import pytest

from file_metadata_service.app import tally
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.domain.errors import NodeNotFound
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.domain.jobs import Job, JobState
from file_metadata_service.domain.trash import RETENTION_MS, TrashItem
from file_metadata_service.ports.ledger import blob_key
from tests.fakes.metadata_service import ANN, FakeWorld, Service, caller
from tests.unit.file_metadata_service.test_copies import a_tree, tree


async def delete(service: Service, node_id: str, command: str = "") -> Job:
    """Run to its end."""
    job = await service.use.tree_jobs.delete(caller(f"delete {node_id}", command=command), node_id)
    return await ended(service, job)


async def ended(service: Service, job: Job) -> Job:
    await service.use.jobs.runner.settle()
    return await service.use.jobs.get(ANN, job.id)


async def run_waiting(service: Service) -> None:
    """What found no room in the instance."""
    service.use.jobs.runner.at_once = 6
    await service.use.jobs.runner.look()
    await service.use.jobs.runner.settle()


async def items(service: Service) -> dict[str, TrashItem]:
    page = await service.use.list_trash(ANN, limit=1000, cursor="")
    return {item.node.name: item for item in page.items}


async def counted(service: Service) -> None:
    await service.use.tree_jobs.count.settle()
    await service.use.jobs.runner.settle()


async def sweep(service: Service) -> None:
    for duty in service.use.tree_jobs.duties:
        await duty()
    await service.use.jobs.runner.settle()


async def test_what_is_deleted_for_ever_leaves_nothing_behind(world: FakeWorld, service: Service) -> None:
    top = await a_tree(service, files=100)
    await service.commit("stays", size=3, blob="kept")
    await service.trash(top)
    await counted(service)
    job = await delete(service, top)
    assert (job.state, job.done, job.total) == (JobState.DONE, 106, 106)
    assert await items(service) == {}
    drive = await service.use.get_drive(ANN)
    assert (drive.bytes_used, drive.file_count, drive.trash_size_bytes) == (3, 1, 0)
    assert sum(key.shelf.name in ("FOLDER", "FILE") for key in world.store.rows) == 1
    with pytest.raises(NodeNotFound):
        await service.restore(top)
    world.check_whole()


async def test_a_file_goes_with_all_its_versions_and_bytes_are_free_for_collection(
    world: FakeWorld, service: Service
) -> None:
    file = (await service.commit("f", blob="v1", size=1)).result
    for number in range(2, 60):
        await service.commit("f", blob=f"v{number}", size=1, rule=ConflictRule.REPLACE)
    await service.trash(file.id)
    assert (await delete(service, file.id)).state is JobState.DONE
    drive = await service.use.get_drive(ANN)
    assert (drive.bytes_used, drive.versions_bytes, drive.file_count) == (0, 0, 0)
    blob = world.store.rows[blob_key(BlobId("v1"))]
    assert getattr(blob, "zero_since_ms", None) == world.clock.now_ms()
    world.check_whole()


async def test_only_what_lies_in_the_trash_is_deleted_for_ever(service: Service) -> None:
    top = (await service.mkdir("top")).result.id
    inner = (await service.mkdir("inner", top)).result.id
    for node_id in (top, inner, "nothing", "root"):
        with pytest.raises(NodeNotFound):
            await delete(service, node_id)
    await service.trash(top)
    with pytest.raises(NodeNotFound):
        await delete(service, inner)


async def test_the_same_command_answers_the_same_job(service: Service) -> None:
    top = (await service.mkdir("top")).result.id
    await service.trash(top)
    job = await delete(service, top, "k")
    assert (await delete(service, top, "k")).id == job.id


async def test_what_was_deleted_by_itself_survives_the_folder_that_it_was_in(
    world: FakeWorld, service: Service
) -> None:
    top = (await service.mkdir("top")).result.id
    file = (await service.commit("f", top)).result
    await service.trash(file.id)
    await service.trash(top)
    await delete(service, top)
    assert (await service.restore(file.id)).result.parent_id == ANN.account_id
    world.check_whole()


async def test_the_trash_is_emptied_of_what_was_in_it_then(world: FakeWorld, service: Service) -> None:
    for name in "abc":
        folder = (await service.mkdir(name)).result.id
        await service.commit("f", folder)
        await service.trash(folder)
    late = (await service.mkdir("late")).result.id
    job = await service.use.tree_jobs.empty(caller("empty"))
    world.clock.pass_ms(1)
    await service.trash(late)
    assert (await ended(service, job)).state is JobState.DONE
    await counted(service)
    assert list(await items(service)) == ["late"]
    world.check_whole()


async def test_emptying_is_cancelled_between_items(world: FakeWorld, service: Service) -> None:
    for name in "abc":
        await service.trash((await service.commit(name)).result.id)
    job = await service.use.tree_jobs.empty(caller("empty"))
    world.store.faults.meanwhile["write"] = service.use.jobs.cancel(ANN, job.id)
    assert (await ended(service, job)).state is JobState.CANCELLED
    assert len(await items(service)) == 2
    world.check_whole()


async def test_who_restores_before_it_is_taken_out_keeps_it(world: FakeWorld, service: Service) -> None:
    top = await a_tree(service)
    before = await tree(service, folder=top)
    await service.trash(top)
    await counted(service)
    service.use.jobs.runner.at_once = 0
    job = await service.use.tree_jobs.delete(caller("delete"), top)
    await service.restore(top)
    await run_waiting(service)
    done = await ended(service, job)
    assert (done.state, done.error and done.error.code) == (JobState.FAILED, "node_not_found")
    assert await tree(service, folder=top) == before
    world.check_whole()


async def test_a_deletion_of_before_does_not_take_what_was_deleted_again(
    world: FakeWorld, service: Service
) -> None:
    top = await a_tree(service)
    await service.trash(top)
    service.use.jobs.runner.at_once = 0
    job = await service.use.tree_jobs.delete(caller("delete"), top)
    other = world.service()
    await other.restore(top)
    world.clock.pass_ms(5)
    await other.trash(top)
    await run_waiting(service)
    assert (await ended(service, job)).state is JobState.FAILED
    assert list(await items(service)) == ["src"]


async def test_restored_is_restored_with_the_same_ids_and_versions(
    world: FakeWorld, service: Service
) -> None:
    top = await a_tree(service)
    before = {key: row for key, row in world.store.rows.items() if key.partition != top}
    await service.trash(top)
    await counted(service)
    await service.restore(top)
    after = {key: row for key, row in world.store.rows.items() if key.partition != top}
    assert {k: v for k, v in after.items() if k in before and k.shelf.name in ("FILE", "BLOB")} == {
        k: v for k, v in before.items() if k.shelf.name in ("FILE", "BLOB")
    }
    world.check_whole()


async def test_after_thirty_days_the_trash_is_purged(world: FakeWorld, service: Service) -> None:
    top = await a_tree(service)
    await service.trash(top)
    await counted(service)
    world.clock.pass_ms(RETENTION_MS - 1)
    await service.trash((await service.commit("later")).result.id)
    await sweep(service)
    assert set(await items(service)) == {"src", "later"}
    world.clock.pass_ms(1)
    await sweep(service)
    assert set(await items(service)) == {"later"}
    assert (await service.use.jobs.list(ANN, limit=0, cursor="")).items == ()
    world.check_whole()


async def test_a_purge_and_a_restore_exclude_each_other(world: FakeWorld) -> None:
    """Whoever comes first; the other one finds nothing."""
    for first in ("restore", "purge"):
        world = FakeWorld()
        service, other = world.service(), world.service()
        top = await a_tree(service)
        before = await tree(service, folder=top)
        await service.trash(top)
        await counted(service)
        world.clock.pass_ms(RETENTION_MS)
        if first == "restore":
            service.use.jobs.runner.at_once = 0
            await sweep(service)
            await other.restore(top)
            await run_waiting(service)
            assert await tree(service, folder=top) == before
        else:
            await sweep(service)
            with pytest.raises(NodeNotFound):
                await other.restore(top)
        world.check_whole()


async def test_an_item_is_counting_until_it_is_counted(world: FakeWorld, service: Service) -> None:
    top = await a_tree(service)
    await service.commit("f", size=4)
    file = (await service.commit("g", size=8)).result
    await service.trash(file.id)
    assert ((await items(service))["g"].size_bytes, (await items(service))["g"].node_count) == (8, 1)
    landed = (await service.trash(top)).result
    assert (landed.size_bytes, (await service.use.get_drive(ANN)).trash_size_bytes) == (None, None)
    await counted(service)
    item = (await items(service))["src"]
    assert (item.size_bytes, item.node_count) == (40, 11)
    assert (await service.use.get_drive(ANN)).trash_size_bytes == 48
    world.check_whole()
    await service.restore(top)
    assert (await service.use.get_drive(ANN)).trash_size_bytes == 8
    world.check_whole()


async def test_what_is_too_deep_for_a_note_is_counted_all_the_same(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = await a_tree(service)
    monkeypatch.setattr(tally, "NODES_A_NOTE", 1)
    monkeypatch.setattr(tally, "MEMO_MAX_CHARACTERS", 10)
    await service.trash(top)
    await counted(service)
    assert (await items(service))["src"].size_bytes == 40


async def test_what_nobody_counted_is_counted_by_the_sweeper(world: FakeWorld, service: Service) -> None:
    top = await a_tree(service)
    world.jobs.down = True
    await service.trash(top)
    await service.use.tree_jobs.count.settle()
    world.jobs.down = False
    world.clock.pass_ms(60_000)
    await sweep(service)
    assert (await items(service))["src"].size_bytes == 40


async def test_what_was_never_counted_is_restored_and_deleted_all_the_same(
    world: FakeWorld, service: Service
) -> None:
    world.jobs.down = True
    for name in ("a", "b"):
        folder = (await service.mkdir(name)).result.id
        await service.mkdir("inner", folder)
        await service.trash(folder)
    await service.use.tree_jobs.count.settle()
    world.jobs.down = False
    found = await items(service)
    await service.restore(found["a"].node.id)
    await delete(service, found["b"].node.id)
    assert (await service.use.get_drive(ANN)).trash_size_bytes == 0
    world.check_whole()


@pytest.mark.parametrize("fault", ["dies", "dies, applied"])
@pytest.mark.parametrize("step", range(6))
@pytest.mark.parametrize("deed", ["delete", "empty"])
async def test_whoever_dies_at_whatever_step_another_carries_on(step: int, fault: str, deed: str) -> None:
    world = FakeWorld()
    dying = world.service()
    top = await a_tree(dying, files=70)
    versioned = (await dying.commit("v", top)).result
    for _ in range(50):
        await dying.commit("v", top, rule=ConflictRule.REPLACE)
    assert versioned.current.number == 1
    await dying.trash(top)
    await counted(dying)
    jobs = dying.use.tree_jobs
    world.store.faults.writes = [*[None] * step, fault]
    asked = caller("x")
    job = await (jobs.delete(asked, top) if deed == "delete" else jobs.empty(asked))
    await world.until_death(dying)
    other = world.service()
    await world.take_over(other)
    assert (await other.use.jobs.get(ANN, job.id)).state is JobState.DONE
    drive = await other.use.get_drive(ANN)
    assert (drive.bytes_used, drive.file_count) == (0, 0)
    world.check_whole()
