"""What an operator sees of jobs."""

from prometheus_client import CollectorRegistry

from chassis.errors import Unavailable
from file_metadata_service.adapters.telemetry.job_watch import TelemetryJobWatch
from file_metadata_service.app.job_runs import JobRun
from file_metadata_service.domain.jobs import KEPT_MS, JobKind, JobState
from file_metadata_service.ports.job_watch import JobStep
from tests.unit.file_metadata_service.test_job_runner import World, asking, does, stands_still


async def test_a_job_is_told_from_its_beginning_to_its_end_with_what_it_did() -> None:
    world = World()
    desk = world.desk(does)

    await desk.start(asking(), JobKind.COPY, {})
    world.clock.pass_ms(1)
    await desk.start(asking(), JobKind.COPY, {})
    await desk.runner.settle()

    assert world.watch.steps == [JobStep.BEGUN, JobStep.TAKEN, JobStep.DONE]
    assert world.watch.nodes[JobKind.COPY] == 3
    assert world.watch.running[JobKind.COPY] == 0


async def test_work_that_breaks_and_work_that_waits_are_told_apart() -> None:
    world = World()
    faults: list[Exception] = [Unavailable("Not now."), ZeroDivisionError()]

    async def fails(run: JobRun) -> None:
        if faults:
            raise faults.pop(0)
        await run.end(JobState.DONE)

    desk = world.desk(fails)
    await desk.start(asking(), JobKind.COPY, {})
    for _ in range(2):
        await desk.runner.settle()
        world.clock.pass_ms(3600 * 1000)
        await desk.runner.look()
    await desk.runner.settle()

    assert [step for step in world.watch.steps if step is not JobStep.TAKEN] == [
        JobStep.BEGUN,
        JobStep.GIVEN_BACK,
        JobStep.BROKEN,
        JobStep.DONE,
    ]


async def test_a_look_tells_how_many_wait_and_for_how_long() -> None:
    world = World()
    queue, desk = world.desk(does), world.desk(stands_still)
    queue.runner.at_once = 0

    await desk.runner.look()
    for number in range(3):
        await queue.start(asking(command=str(number)), JobKind.COPY, {})
        world.clock.pass_ms(1_500)
    await desk.runner.look()

    assert world.watch.looks == [(0, 0.0), (3, 4.5)]
    await world.until_running(JobKind.COPY, 2)
    await desk.runner.stop()
    assert world.watch.running[JobKind.COPY] == 0


async def test_a_look_tells_what_found_no_room_by_kind_and_asks_for_each_once() -> None:
    world = World()
    queue, desk = world.desk(does), world.desk(stands_still)
    queue.runner.at_once = 0
    for number, kind in enumerate((JobKind.COPY, JobKind.COPY, JobKind.COPY, JobKind.EMPTY_TRASH)):
        await queue.start(asking(command=str(number)), kind, {})
        world.clock.pass_ms(1)

    for _ in range(3):
        await queue.runner.look()
    asked = len(world.jobs.asked_for_kind)
    await desk.runner.look()
    await desk.runner.stop()

    assert world.watch.waits == [{JobKind.COPY: 3, JobKind.EMPTY_TRASH: 1}] * 3 + [
        {JobKind.COPY: 1, JobKind.EMPTY_TRASH: 1}
    ]
    assert asked == 4


async def test_what_has_ended_and_is_only_to_be_dropped_waits_for_nothing() -> None:
    world = World()
    desk, full = world.desk(does), world.desk(does)
    full.runner.at_once = 0
    await desk.start(asking(), JobKind.COPY, {})
    await desk.runner.settle()
    world.clock.pass_ms(KEPT_MS)

    await full.runner.look()

    assert [len(world.jobs.rows), *world.watch.waits] == [1, {}]


def test_prometheus_is_told_by_kind() -> None:
    registry = CollectorRegistry()
    watch = TelemetryJobWatch(registry)

    watch.stepped(JobKind.COPY, JobStep.FAILED)
    watch.advanced(JobKind.COPY, 7)
    watch.advanced(JobKind.COPY, -3)
    watch.looked(5, 1.5)
    watch.waiting({JobKind.COPY: 4, JobKind.COUNT: 1})
    watch.waiting({JobKind.COUNT: 2})
    with watch.working(JobKind.COUNT):
        during = registry.get_sample_value("stowage_jobs_running", {"kind": "count"})

    assert during == 1
    assert registry.get_sample_value("stowage_jobs_running", {"kind": "count"}) == 0
    assert registry.get_sample_value("stowage_job_steps_total", {"kind": "copy", "step": "failed"}) == 1
    assert registry.get_sample_value("stowage_job_nodes_total", {"kind": "copy"}) == 7
    assert registry.get_sample_value("stowage_jobs_due") == 5
    assert registry.get_sample_value("stowage_jobs_waiting", {"kind": "copy"}) == 0
    assert registry.get_sample_value("stowage_jobs_waiting", {"kind": "count"}) == 2
    assert registry.get_sample_value("stowage_jobs_oldest_due_seconds") == 1.5
