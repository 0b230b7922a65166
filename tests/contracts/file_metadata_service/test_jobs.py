"""What the ports of jobs promise, in memory and on the real engine."""

from dataclasses import replace

import pytest

from file_metadata_service.app.use_case_ports import Ports
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.jobs import (
    KEPT_MS,
    LEASE_MS,
    Job,
    JobError,
    JobId,
    JobKind,
    JobMoved,
    JobState,
)
from tests.contracts.file_metadata_service.test_store import ports as ports
from tests.fakes.metadata_service import ANN

DRIVE_ID = DriveId("d1")


def a_job(job_id: str = "j1", *, at_ms: int = 1_000, listed: bool = True) -> Job:
    return Job(
        id=JobId(job_id),
        drive_id=DRIVE_ID,
        actor=ANN,
        kind=JobKind.COPY,
        spec={"node_id": "n1", "name": "Ä"},
        request_hash="h",
        created_at_ms=at_ms,
        due_at_ms=at_ms,
        listed=listed,
    )


async def test_a_job_is_created_once(ports: Ports) -> None:
    job = a_job()
    assert await ports.jobs.get(job.id) is None
    assert await ports.jobs.create(job) == job
    assert await ports.jobs.create(replace(job, request_hash="other")) == job
    assert await ports.jobs.get(job.id) == job


async def test_all_of_it_is_kept(ports: Ports) -> None:
    job = await ports.jobs.create(a_job())
    taken = await ports.jobs.save(job, job.taken("me", 5_000))
    assert (taken.state, taken.owner, taken.fence) == (JobState.RUNNING, "me", 1)
    assert taken.due_at_ms == 5_000 + LEASE_MS
    noted = replace(taken, memo='["x"]', done=3, total=9).failing(JobError("quota_exceeded", "Full."))
    assert await ports.jobs.save(taken, noted) == noted
    ended = replace(noted, result_id=NodeId("n")).ended(JobState.FAILED, 7_000)
    assert await ports.jobs.save(noted, ended) == ended
    assert await ports.jobs.get(job.id) == ended
    assert (ended.memo, ended.owner, ended.due_at_ms) == ("", None, 7_000 + KEPT_MS)


async def test_under_an_old_token_nothing_is_recorded(ports: Ports) -> None:
    job = await ports.jobs.create(a_job())
    mine = await ports.jobs.save(job, job.taken("me", 1_000))
    with pytest.raises(JobMoved):
        await ports.jobs.save(job, job.taken("you", 1_000))
    theirs = await ports.jobs.save(mine, mine.taken("you", 1_000 + LEASE_MS))
    with pytest.raises(JobMoved):
        await ports.jobs.save(mine, replace(mine, done=1))
    assert await ports.jobs.get(job.id) == theirs


async def test_what_has_ended_stays_as_it_is(ports: Ports) -> None:
    job = await ports.jobs.create(a_job())
    ended = await ports.jobs.save(job, job.ended(JobState.DONE, 2_000))
    with pytest.raises(JobMoved):
        await ports.jobs.save(ended, replace(ended, done=1))
    assert await ports.jobs.ask_cancel(job.id) == ended


async def test_who_works_on_it_learns_that_it_shall_be_cancelled(ports: Ports) -> None:
    job = await ports.jobs.create(a_job())
    taken = await ports.jobs.save(job, job.taken("me", 1_000))
    assert await ports.jobs.ask_cancel(job.id) == replace(taken, cancel_asked=True)
    saved = await ports.jobs.save(taken, replace(taken, done=1))
    assert saved == replace(taken, done=1, cancel_asked=True)
    assert await ports.jobs.ask_cancel(JobId("no such")) is None


async def test_only_what_has_ended_is_dropped(ports: Ports) -> None:
    job = await ports.jobs.create(a_job())
    await ports.jobs.drop(job)
    ended = await ports.jobs.save(job, job.ended(JobState.CANCELLED, 2_000))
    await ports.jobs.drop(ended)
    await ports.jobs.drop(ended)
    assert await ports.jobs.get(job.id) is None


async def test_a_drives_listed_jobs_are_paged_latest_first(ports: Ports) -> None:
    for number in range(5):
        await ports.jobs.create(a_job(f"j{number}", at_ms=1_000 + number, listed=number != 2))
    await ports.jobs.create(replace(a_job("other"), drive_id=DriveId("d2")))
    seen, start = list[str](), None
    for _ in range(2):
        page = await ports.jobs.page(DRIVE_ID, limit=3, start=start)
        seen += [job.id for job in page.items]
        start = page.next_start
        if start is None:
            break
    assert seen == ["j4", "j3", "j1", "j0"]


async def test_what_they_are_is_told_of_those_that_are_there_and_have_not_ended(ports: Ports) -> None:
    await ports.jobs.create(a_job("copied"))
    await ports.jobs.create(replace(a_job("counted"), kind=JobKind.COUNT))
    ended = await ports.jobs.create(a_job("ended"))
    await ports.jobs.save(ended, ended.ended(JobState.DONE, 2_000))
    asked = [JobId(name) for name in ("copied", "counted", "ended", "never began")]
    assert await ports.due_jobs.kinds(asked) == {"copied": JobKind.COPY, "counted": JobKind.COUNT}


async def test_due_is_whose_time_has_come(ports: Ports) -> None:
    for number in range(12):
        await ports.jobs.create(a_job(f"j{number}", at_ms=1_000 + number))
    due = await ports.due_jobs.due(1_004, limit=100)
    assert sorted(job.id for job in due) == ["j0", "j1", "j2", "j3", "j4"]
    assert {job.id: job.due_at_ms for job in due}["j3"] == 1_003
