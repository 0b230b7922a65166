"""Jobs as rows, and back."""

import hashlib
import json
from dataclasses import dataclass

from file_metadata_service.domain.ids import Actor, DriveId, NodeId
from file_metadata_service.domain.jobs import Job, JobError, JobId, JobKind, JobState

# Few: looking for what is due asks each of them.
SHARDS = 4


@dataclass(frozen=True, slots=True)
class JobRow:
    """`spec` as JSON. `listed_for`: the drive, if people see the job. `due_at`: when somebody must look next."""

    jobid: str
    driveid: str
    actor: str
    kind: str
    spec: str
    request_hash: str
    created_at: int
    due_shard: str
    due_at: int
    listed_for: str | None
    state: str
    done: int
    total: int | None
    memo: str | None
    error_code: str | None
    error_detail: str | None
    result_id: str | None
    cancel_asked: bool | None
    owner: str | None
    fence: int
    attempts: int
    ended_at: int | None


def job_row(job: Job) -> JobRow:
    return JobRow(
        job.id,
        job.drive_id,
        str(job.actor),
        job.kind,
        json.dumps(dict(job.spec), ensure_ascii=False),
        job.request_hash,
        job.created_at_ms,
        due_shard(job.id),
        job.due_at_ms,
        job.drive_id if job.listed else None,
        job.state,
        job.done,
        job.total,
        job.memo or None,
        job.error.code if job.error else None,
        job.error.detail if job.error else None,
        job.result_id,
        job.cancel_asked or None,
        job.owner,
        job.fence,
        job.attempts,
        job.ended_at_ms,
    )


def job_of(row: JobRow) -> Job:
    return Job(
        id=JobId(row.jobid),
        drive_id=DriveId(row.driveid),
        actor=Actor.parse(row.actor),
        kind=JobKind(row.kind),
        spec=json.loads(row.spec),
        request_hash=row.request_hash,
        created_at_ms=row.created_at,
        due_at_ms=row.due_at,
        listed=row.listed_for is not None,
        state=JobState(row.state),
        done=row.done,
        total=row.total,
        memo=row.memo or "",
        error=JobError(row.error_code, row.error_detail or "") if row.error_code else None,
        result_id=NodeId(row.result_id) if row.result_id else None,
        cancel_asked=bool(row.cancel_asked),
        owner=row.owner,
        fence=row.fence,
        attempts=row.attempts,
        ended_at_ms=row.ended_at,
    )


def due_shard(job_id: JobId) -> str:
    return str(hashlib.sha256(job_id.encode()).digest()[0] % SHARDS)
