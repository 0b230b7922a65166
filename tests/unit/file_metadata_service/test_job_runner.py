"""Jobs in the hands of one instance and the next."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from chassis.errors import Unavailable
from file_metadata_service.app.change_tree import Caller
from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.job_desk import JobDesk, JobPorts
from file_metadata_service.app.job_runs import JobRun, Work
from file_metadata_service.app.start_job import MOST_OPEN
from file_metadata_service.domain.errors import CommandIdReused, DriveBusy, JobNotFound
from file_metadata_service.domain.ids import Actor, NodeId, NodeIds
from file_metadata_service.domain.jobs import KEPT_MS, LEASE_MS, MAX_ATTEMPTS, JobKind, JobState
from tests.fakes.metadata_clock import CountingTokens, ManualClock
from tests.fakes.metadata_job_watch import RecordingJobWatch
from tests.fakes.metadata_jobs import InMemoryJobs, endless
from tests.fakes.metadata_service import ANN, BEN


@dataclass(slots=True)
class World:
    jobs: InMemoryJobs = field(default_factory=InMemoryJobs)
    clock: ManualClock = field(default_factory=ManualClock)
    watch: RecordingJobWatch = field(default_factory=RecordingJobWatch)

    def desk(self, deed: Work) -> JobDesk:
        ports = JobPorts(
            jobs=self.jobs,
            due_jobs=self.jobs,
            clock=self.clock,
            sleep=endless,
            tokens=CountingTokens(),
            watch=self.watch,
        )
        return JobDesk(ports, {JobKind.COPY: deed}, NodeIds(b"secret"), Cursors(b"secret"))

    async def until(self, state: JobState) -> None:
        """The one job is in that state, and its work has begun."""
        for _ in range(1_000):
            await asyncio.sleep(0)
            if self.only == (state, 1):
                return
        raise AssertionError(self.only)

    async def until_running(self, kind: JobKind, jobs: int) -> None:
        for _ in range(1_000):
            await asyncio.sleep(0)
            if self.watch.running[kind] == jobs:
                return
        raise AssertionError(self.watch.running)

    @property
    def only(self) -> tuple[JobState, int]:
        (job,) = self.jobs.rows.values()
        return job.state, job.done


def asking(by: Actor = ANN, command: str = "k", request: str = "h") -> Caller:
    return Caller(actor=by, command_id=command, request_hash=request)


async def does(run: JobRun) -> None:
    await run.record(done=3, total=3)
    await run.end(JobState.DONE, result_id=NodeId("n"))


async def stands_still(run: JobRun) -> None:
    await run.record(memo="half", done=1)
    await asyncio.Event().wait()


async def goes_on(run: JobRun) -> None:
    assert run.job.memo == "half"
    await run.record(done=2)
    await run.end(JobState.CANCELLED if run.must_stop else JobState.DONE)


async def test_a_job_runs_at_once_where_it_was_begun() -> None:
    world = World()
    desk = world.desk(does)
    job = await desk.start(asking(), JobKind.COPY, {"node_id": "x"})
    assert job.state is JobState.QUEUED
    await desk.runner.settle()
    done = await desk.get(ANN, job.id)
    assert (done.state, done.done, done.total, done.result_id) == (JobState.DONE, 3, 3, "n")
    assert (await desk.list(ANN, limit=0, cursor="")).items == (done,)


async def test_the_same_command_begins_the_same_job() -> None:
    world = World()
    desk = world.desk(does)
    first = await desk.start(asking(), JobKind.COPY, {})
    assert (await desk.start(asking(), JobKind.COPY, {})).id == first.id
    with pytest.raises(CommandIdReused):
        await desk.start(asking(request="other"), JobKind.COPY, {})
    assert (await desk.start(asking(by=BEN), JobKind.COPY, {})).id != first.id
    await desk.runner.settle()


async def test_a_job_of_somebody_else_does_not_exist() -> None:
    world = World()
    desk = world.desk(does)
    job = await desk.start(asking(), JobKind.COPY, {})
    await desk.runner.settle()
    for attempt in (desk.get(BEN, job.id), desk.cancel(BEN, job.id), desk.get(ANN, "nothing")):
        with pytest.raises(JobNotFound):
            await attempt
    assert (await desk.list(BEN, limit=0, cursor="")).items == ()
    world.jobs.rows[job.id] = replace(world.jobs.rows[job.id], listed=False)
    with pytest.raises(JobNotFound):
        await desk.get(ANN, job.id)


async def test_when_an_instance_dies_another_carries_on_once_its_lease_has_ended() -> None:
    world = World()
    dead, other = world.desk(stands_still), world.desk(goes_on)
    await dead.start(asking(), JobKind.COPY, {})
    await world.until(JobState.RUNNING)
    await other.runner.look()
    await other.runner.settle()
    assert world.only == (JobState.RUNNING, 1)
    world.clock.pass_ms(LEASE_MS)
    await other.runner.look()
    await other.runner.settle()
    assert world.only == (JobState.DONE, 2)
    await dead.runner.stop()
    assert world.only == (JobState.DONE, 2)


async def test_who_stops_in_order_leaves_its_jobs_at_once() -> None:
    world = World()
    leaving, other = world.desk(stands_still), world.desk(goes_on)
    await leaving.start(asking(), JobKind.COPY, {})
    await world.until(JobState.RUNNING)
    await leaving.runner.stop()
    world.clock.pass_ms(1_000)
    await other.runner.look()
    await other.runner.settle()
    assert world.only == (JobState.DONE, 2)


async def test_two_that_find_the_same_job_do_not_both_work() -> None:
    world = World()
    worked = list[int]()

    async def counts(run: JobRun) -> None:
        worked.append(run.job.fence)
        await run.end(JobState.DONE)

    desks = [world.desk(counts) for _ in range(3)]
    await desks[0].start(asking(), JobKind.COPY, {})
    for desk in desks[1:]:
        await desk.runner.look()
    for desk in desks:
        await desk.runner.settle()
    assert worked == [1]


async def test_whoever_is_asked_to_cancel_learns_of_it() -> None:
    world = World()
    dead, other = world.desk(stands_still), world.desk(goes_on)
    job = await dead.start(asking(), JobKind.COPY, {})
    await world.until(JobState.RUNNING)
    assert (await dead.cancel(ANN, job.id)).cancel_asked
    world.clock.pass_ms(LEASE_MS)
    await other.runner.look()
    await other.runner.settle()
    assert world.only == (JobState.CANCELLED, 2)
    assert (await other.cancel(ANN, job.id)).state is JobState.CANCELLED
    await dead.runner.stop()


async def test_what_does_not_answer_is_tried_again_for_ever() -> None:
    world = World()

    async def waits(run: JobRun) -> None:
        raise Unavailable("Not now.")

    desk = world.desk(waits)
    await desk.start(asking(), JobKind.COPY, {})
    for _ in range(2 * MAX_ATTEMPTS):
        await desk.runner.settle()
        world.clock.pass_ms(1_000)
        await desk.runner.look()
    await desk.runner.settle()
    (job,) = world.jobs.rows.values()
    assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 0, None)


async def test_work_that_breaks_is_given_up_in_the_end_and_undone() -> None:
    world = World()

    async def breaks(run: JobRun) -> None:
        if run.must_stop:
            await run.end(JobState.FAILED)
            return
        raise ZeroDivisionError

    desk = world.desk(breaks)
    await desk.start(asking(), JobKind.COPY, {})
    for _ in range(MAX_ATTEMPTS):
        await desk.runner.settle()
        world.clock.pass_ms(3600 * 1000)
        await desk.runner.look()
    await desk.runner.settle()
    (job,) = world.jobs.rows.values()
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "job_broken"


async def test_one_drive_does_not_keep_the_others_waiting() -> None:
    world = World()
    desk = world.desk(stands_still)
    for number in range(4):
        await desk.start(asking(command=str(number)), JobKind.COPY, {})
    await desk.start(asking(by=BEN), JobKind.COPY, {})
    for _ in range(100):
        await asyncio.sleep(0)
    running = [job.actor for job in world.jobs.rows.values() if job.state is JobState.RUNNING]
    assert sorted(map(str, running)) == [str(ANN), str(ANN), str(BEN)]
    await desk.runner.stop()


async def test_the_jobs_of_one_drive_that_stand_before_all_others_let_them_by_and_go_on_one_after_the_other() -> (
    None
):
    world = World()
    finish = asyncio.Event()

    async def waits(run: JobRun) -> None:
        await finish.wait()
        await run.end(JobState.DONE)

    queue, desk = world.desk(waits), world.desk(waits)
    queue.runner.at_once = 0
    for number in range(30):
        await queue.start(asking(command=str(number)), JobKind.COPY, {})
    world.clock.pass_ms(1)
    await queue.start(asking(by=BEN), JobKind.COPY, {})
    for _ in range(2):
        await desk.runner.look()
    running = [job.actor for job in world.jobs.rows.values() if job.state is JobState.RUNNING]
    assert sorted(map(str, running)) == [str(ANN), str(ANN), str(BEN)]
    finish.set()
    await desk.runner.settle()
    assert {job.state for job in world.jobs.rows.values()} == {JobState.DONE}


async def test_a_drive_has_only_so_many_jobs_that_wait() -> None:
    world = World()
    queue, desk = world.desk(does), world.desk(does)
    queue.runner.at_once = 0
    for number in range(MOST_OPEN):
        await queue.start(asking(command=str(number)), JobKind.COPY, {})
    with pytest.raises(DriveBusy):
        await queue.start(asking(), JobKind.COPY, {})
    assert await queue.start.standing(asking(command="0"))
    await queue.start(asking(by=BEN), JobKind.COPY, {})
    await desk.runner.look()
    await desk.runner.settle()
    await desk.start(asking(), JobKind.COPY, {})
    await desk.runner.settle()


async def test_what_has_ended_long_ago_is_forgotten() -> None:
    world = World()
    desk = world.desk(does)
    await desk.start(asking(), JobKind.COPY, {})
    await desk.runner.settle()
    world.clock.pass_ms(KEPT_MS)
    await desk.runner.look()
    await desk.runner.settle()
    assert world.jobs.rows == {}
