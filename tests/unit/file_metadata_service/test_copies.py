"""Copies of files and of trees."""

import pytest

from api_gateway.adapters.rpc.packed_nodes import ListedFile
from chassis.errors import InvalidArgument
from file_metadata_service.app.commands import Landed
from file_metadata_service.app.copy_node import Copying
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.queues import Alive, Lane, Pending, Queues
from file_metadata_service.domain.errors import (
    CommandIdReused,
    NameTaken,
    NodeNotFound,
    QuotaExceeded,
    RootIsFixed,
)
from file_metadata_service.domain.ids import own_drive
from file_metadata_service.domain.jobs import Job, JobState
from file_metadata_service.domain.nodes import File
from tests.fakes.metadata_service import ANN, BEN, FakeWorld, Service, caller

FAIL, RENAME = ConflictRule.FAIL, ConflictRule.RENAME


async def copy_file(
    service: Service, node_id: str, parent: str = "root", name: str | None = None, **asked: object
) -> File:
    landed = await copying(service, node_id, parent, name, **asked)  # type: ignore[arg-type]  # passed on
    assert isinstance(landed, Landed)
    return landed.result


async def copy_folder(
    service: Service, node_id: str, parent: str = "root", name: str | None = None, **asked: object
) -> Job:
    """Run to its end."""
    job = await copying(service, node_id, parent, name, **asked)  # type: ignore[arg-type]  # passed on
    assert isinstance(job, Job)
    await service.use.jobs.runner.settle()
    return await service.use.jobs.get(job.actor, job.id)


async def copying(
    service: Service,
    node_id: str,
    parent: str = "root",
    name: str | None = None,
    *,
    rule: ConflictRule = FAIL,
    command: str = "",
    by: object = ANN,
) -> Landed[File] | Job:
    asked = Copying(node_id=node_id, parent_id=parent, name=name, rule=rule)
    return await service.use.tree_jobs.copy(caller(str(asked), command=command), asked)


async def tree(service: Service, prefix: str = "", folder: str = "root") -> list[str]:
    """Every path below a folder, and sizes of files."""
    paths = list[str]()
    for node in (await service.page(folder, limit=1000)).items:
        if isinstance(node, ListedFile):
            paths.append(f"{prefix}/{node.name} {node.size}")
        else:
            paths += [f"{prefix}/{node.name}", *await tree(service, f"{prefix}/{node.name}", node.id)]
    return paths


async def a_tree(service: Service, files: int = 5) -> str:
    """/src with files, an empty folder and a folder in a folder."""
    top = (await service.mkdir("src")).result.id
    inner = (await service.mkdir("a", top)).result.id
    deep = (await service.mkdir("deep", inner)).result.id
    await service.mkdir("empty", top)
    for number in range(files):
        await service.commit(f"f{number}", top, size=number)
    await service.commit("g", inner, size=10)
    await service.commit("h", deep, size=20)
    return top


async def test_a_copied_file_is_another_file_with_the_same_content(service: Service) -> None:
    source = (await service.commit("f.txt", size=7)).result
    copy = await copy_file(service, source.id, name="g.txt")
    assert copy.id != source.id
    assert (copy.name, copy.revision, copy.current) == ("g.txt", 1, source.current)
    assert (await service.get(copy.id)).node == copy
    drive = await service.use.get_drive(ANN)
    assert (drive.bytes_used, drive.file_count) == (14, 2)


async def test_a_copy_has_the_current_version_only(service: Service) -> None:
    await service.commit("f", size=1)
    source = (await service.commit("f", size=2, rule=ConflictRule.REPLACE)).result
    copy = await copy_file(service, source.id, name="g")
    assert (copy.current.number, copy.current.size_bytes, copy.unkept_versions) == (1, 2, 0)


async def test_the_same_command_answers_the_first_copy_also_when_the_source_is_gone(service: Service) -> None:
    source = (await service.commit("f")).result
    copy = await copy_file(service, source.id, name="g", command="k")
    await service.trash(source.id)
    assert await copy_file(service, source.id, name="g", command="k") == copy
    with pytest.raises(CommandIdReused):
        await copy_file(service, source.id, name="h", command="k")
    assert await service.names() == ["g"]


async def test_a_copy_minds_who_has_the_name(service: Service) -> None:
    source = (await service.commit("f.txt")).result
    with pytest.raises(NameTaken):
        await copy_file(service, source.id)
    assert (await copy_file(service, source.id, rule=RENAME)).name == "f (2).txt"
    with pytest.raises(InvalidArgument):
        await copy_file(service, source.id, rule=ConflictRule.REPLACE)


async def test_what_is_not_there_or_not_ones_own_is_not_copied(service: Service) -> None:
    source = (await service.commit("f")).result
    theirs = (await service.mkdir("theirs", by=BEN)).result
    await service.trash((await service.mkdir("gone")).result.id)
    for node_id, parent in (("nothing", "root"), (theirs.id, "root"), (source.id, theirs.id)):
        with pytest.raises(NodeNotFound):
            await copying(service, node_id, parent, "x")
    with pytest.raises(RootIsFixed):
        await copying(service, "root", "root", "x")


async def test_each_copy_counts_in_the_quota(world: FakeWorld) -> None:
    service = world.limited(quota_bytes=12)
    source = (await service.commit("f", size=5)).result
    await copy_file(service, source.id, name="g")
    with pytest.raises(QuotaExceeded):
        await copy_file(service, source.id, name="h")


async def test_a_copied_tree_is_the_tree(world: FakeWorld, service: Service) -> None:
    top = await a_tree(service, files=120)
    before = await tree(service, folder=top)
    job = await copy_folder(service, top, name="dst")
    assert (job.state, job.done, job.total) == (JobState.DONE, 126, 126)
    assert job.result_id is not None
    copy = (await service.get(job.result_id)).node
    assert (copy.name, copy.parent_id) == ("dst", ANN.account_id)
    assert await tree(service, folder=copy.id) == before
    assert await tree(service, folder=top) == before
    world.check_whole()


class WatchedQueues(Queues):
    """Remembers in which lane each command came, and from whom."""

    def __init__(self) -> None:
        super().__init__()
        self.came = set[tuple[Lane, str]]()

    def put(self, pending: Pending, alive: Alive) -> Pending | None:
        self.came.add((pending.lane, pending.sender))
        return super().put(pending, alive)


async def test_all_of_a_copy_and_of_a_deletion_for_ever_stands_behind_people(service: Service) -> None:
    source = await a_tree(service)
    committer = service.use.committers.of(own_drive(ANN.account_id))
    committer.queues = queues = WatchedQueues()
    copy = await copy_folder(service, source, name="copy")
    assert queues.came == {(Lane.BACKGROUND, copy.id)}
    await service.trash(source)
    await service.use.tree_jobs.count.settle()
    await service.use.jobs.runner.settle()
    queues.came.clear()
    emptying = await service.use.tree_jobs.empty(caller("empty"))
    await service.use.jobs.runner.settle()
    assert queues.came == {(Lane.BACKGROUND, emptying.id)}


async def test_a_copied_tree_appears_when_it_is_complete(world: FakeWorld, service: Service) -> None:
    top = await a_tree(service, files=100)
    seen = list[list[str]]()
    world.store.on_write = lambda: seen.append(world.root_names())
    job = await copy_folder(service, top, name="dst")
    assert job.state is JobState.DONE
    assert len(seen) > 4
    assert all(names == ["src"] for names in seen[:-1])
    assert seen[-1] == ["dst", "src"]


async def test_a_folder_is_copied_into_itself(world: FakeWorld, service: Service) -> None:
    top = await a_tree(service)
    before = await tree(service, folder=top)
    job = await copy_folder(service, top, top, name="again")
    assert job.result_id is not None
    assert await tree(service, folder=job.result_id) == before
    inner = next(node.id for node in (await service.page(top)).items if node.name == "a")
    assert (await copy_folder(service, top, inner, name="deeper")).state is JobState.DONE
    world.check_whole()


async def test_what_cannot_be_placed_is_refused_before_it_begins(service: Service) -> None:
    top = await a_tree(service)
    with pytest.raises(NameTaken):
        await copying(service, top)
    with pytest.raises(NodeNotFound):
        await copying(service, top, "nowhere", "x")
    assert (await service.use.jobs.list(ANN, limit=0, cursor="")).items == ()
    job = await copy_folder(service, top, rule=RENAME)
    assert job.result_id is not None
    assert (await service.get(job.result_id)).node.name == "src (2)"


async def test_the_same_command_answers_the_same_job_whatever_became_of_the_source(service: Service) -> None:
    top = await a_tree(service)
    job = await copy_folder(service, top, name="dst", command="k")
    assert (await copy_folder(service, top, name="dst", command="k")).id == job.id
    await service.trash(top)
    assert (await copy_folder(service, top, name="dst", command="k")).id == job.id
    assert await service.names() == ["dst"]


async def test_a_copy_that_has_no_room_is_undone(world: FakeWorld) -> None:
    service = world.limited(quota_bytes=100)
    top = await a_tree(service, files=0)
    for number in range(60):
        await service.commit(f"n{number}", top, size=1)
    job = await copy_folder(service, top, name="dst")
    assert (job.state, job.error and job.error.code) == (JobState.FAILED, "quota_exceeded")
    assert await service.names() == ["src"]
    world.check_whole()


async def test_a_copy_that_runs_out_of_room_on_its_way_is_undone(world: FakeWorld) -> None:
    service = world.limited(quota_bytes=1_000)
    top = await a_tree(service, files=0)
    for number in range(100):
        await service.commit(f"n{number}", top, size=1)
    world.store.faults.meanwhile["head"] = world.service().commit("big", size=800)
    job = await copy_folder(service, top, name="dst")
    assert (job.state, job.error and job.error.code) == (JobState.FAILED, "quota_exceeded")
    assert await service.names() == ["src", "big"]
    world.check_whole()


async def test_a_name_that_was_taken_meanwhile_undoes_the_copy(world: FakeWorld, service: Service) -> None:
    top = await a_tree(service)
    world.store.faults.meanwhile["write"] = world.service().mkdir("dst")
    job = await copy_folder(service, top, name="dst")
    assert (job.state, job.error and job.error.code) == (JobState.FAILED, "name_taken")
    assert await service.names() == ["dst", "src"]
    world.check_whole()


async def test_a_source_that_was_deleted_meanwhile_is_not_copied(world: FakeWorld, service: Service) -> None:
    top = await a_tree(service)
    world.store.faults.meanwhile["write"] = world.service().trash(top)
    job = await copy_folder(service, top, name="dst")
    assert (job.state, job.error and job.error.code) == (JobState.FAILED, "node_not_found")
    assert await service.names() == []
    await service.use.tree_jobs.count.settle()
    world.check_whole()


async def test_what_was_deleted_below_the_source_meanwhile_is_left_out(
    world: FakeWorld, service: Service
) -> None:
    top = await a_tree(service)
    inner = next(node.id for node in (await service.page(top)).items if node.name == "a")
    world.store.faults.meanwhile["write"] = world.service().trash(inner)
    job = await copy_folder(service, top, name="dst")
    assert job.result_id is not None
    assert "/a/g 10" not in await tree(service, folder=job.result_id)
    await service.use.tree_jobs.count.settle()
    await service.use.jobs.runner.settle()
    world.check_whole()


async def test_a_cancelled_copy_leaves_nothing(world: FakeWorld, service: Service) -> None:
    top = await a_tree(service, files=200)
    job = await copying(service, top, name="dst")
    assert isinstance(job, Job)
    world.store.faults.meanwhile["write"] = service.use.jobs.cancel(ANN, job.id)
    world.store.on_write = lambda: world.clock.pass_ms(600)
    await service.use.jobs.runner.settle()
    assert (await service.use.jobs.get(ANN, job.id)).state is JobState.CANCELLED
    assert await service.names() == ["src"]
    world.check_whole()


@pytest.mark.parametrize("fault", ["dies", "dies, applied"])
@pytest.mark.parametrize("step", range(8))
async def test_whoever_dies_at_whatever_step_another_carries_on(step: int, fault: str) -> None:
    world = FakeWorld()
    dying = world.service()
    top = await a_tree(dying, files=100)
    before = await tree(dying, folder=top)
    world.store.faults.writes = [*[None] * step, fault]
    job = await copying(dying, top, name="dst")
    assert isinstance(job, Job)
    await world.until_death(dying)
    other = world.service()
    await world.take_over(other)
    done = await other.use.jobs.get(ANN, job.id)
    assert done.state is JobState.DONE
    assert done.result_id is not None
    assert await tree(other, folder=done.result_id) == before
    assert await other.names() == ["dst", "src"]
    world.check_whole()


@pytest.mark.parametrize("fault", ["dies", "dies, applied"])
@pytest.mark.parametrize("step", range(6))
async def test_whoever_dies_while_undoing_another_carries_on(step: int, fault: str) -> None:
    world = FakeWorld()
    dying = world.service()
    top = await a_tree(dying, files=70)
    world.store.faults.writes = [*[None] * (step + 3), fault]
    job = await copying(dying, top, name="dst")
    assert isinstance(job, Job)
    world.store.faults.meanwhile["write"] = dying.use.jobs.cancel(ANN, job.id)
    world.store.on_write = lambda: world.clock.pass_ms(600)
    await world.until_death(dying)
    world.store.on_write = None
    other = world.service()
    await world.take_over(other)
    assert (await other.use.jobs.get(ANN, job.id)).state is JobState.CANCELLED
    assert await other.names() == ["src"]
    world.check_whole()
