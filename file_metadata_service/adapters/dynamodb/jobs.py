"""Jobs on DynamoDB. Each write is conditional on the fencing token, so that a lost answer can be looked up."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from chassis.dynamodb import (
    Condition,
    ConditionFailed,
    DynamoDB,
    Index,
    OutcomeUnknown,
    Table,
    equals,
    not_exists,
    one_of,
)
from file_metadata_service.adapters.dynamodb.job_rows import SHARDS, JobRow, job_of, job_row
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.jobs import Job, JobId, JobKind, JobMoved, JobState
from file_metadata_service.ports.jobs import DueJob
from file_metadata_service.ports.listings import Page

DUE = Index("due", "due_shard", "due_at")
BY_DRIVE = Index("by_drive", "listed_for", "created_at")
_OPEN = [str(state) for state in JobState if not state.is_end]
_ENDED = [str(state) for state in JobState if state.is_end]


@dataclass(frozen=True, slots=True)
class _KeyRow:
    """`due_at` is there in the index of what is due only."""

    jobid: str
    due_at: int | None


@dataclass(frozen=True, slots=True)
class _KindRow:
    """Of a JobRow, what it is and how it stands."""

    jobid: str
    kind: str
    state: str


class DynamoJobRepository:
    """JobRepository and DueJobs."""

    def __init__(self, db: DynamoDB, table_prefix: str) -> None:
        name = f"{table_prefix}jobs"
        self._db = db
        self._table = Table(db, name, JobRow, partition_key="jobid")
        self._keys = Table(db, name, _KeyRow, partition_key="jobid")
        self._kinds = Table(db, name, _KindRow, partition_key="jobid")

    async def create(self, job: Job) -> Job:
        try:
            await self._table.put(job_row(job), condition=not_exists("jobid"))
        except ConditionFailed as error:
            return job_of(error.existing)
        except OutcomeUnknown:
            standing = await self.get(job.id)
            if standing is None:
                raise
            return standing
        return job

    async def get(self, job_id: JobId) -> Job | None:
        row = await self._table.get(job_id)
        return job_of(row) if row else None

    async def save(self, before: Job, after: Job) -> Job:
        changes = _difference(job_row(before), job_row(after))
        condition = equals("fence", before.fence) & one_of("state", _OPEN)
        try:
            row = await self._table.update(after.id, set=changes, condition=condition)
        except ConditionFailed:
            raise JobMoved from None
        except OutcomeUnknown:
            return await self._settled(after, changes, condition)
        return job_of(row)

    async def ask_cancel(self, job_id: JobId) -> Job | None:
        try:
            row = await self._table.update(
                job_id, set={"cancel_asked": True}, condition=one_of("state", _OPEN)
            )
        except ConditionFailed as error:
            return job_of(error.existing) if error.existing else None
        return job_of(row)

    async def drop(self, job: Job) -> None:
        try:
            await self._table.delete(job.id, condition=one_of("state", _ENDED))
        except ConditionFailed:
            return

    async def page(self, drive_id: DriveId, *, limit: int, start: str | None) -> Page[Job]:
        page = await self._keys.query(
            drive_id,
            index=BY_DRIVE,
            limit=limit,
            start=json.loads(start) if start else None,
            descending=True,
        )
        rows = await self._db.batch_get([self._table.getting(key.jobid) for key in page.items])
        jobs = tuple(job_of(row) for row in rows if row is not None)
        return Page(jobs, json.dumps(page.next_start) if page.next_start else None)

    async def due(self, now_ms: int, *, limit: int) -> Sequence[DueJob]:
        pages = await asyncio.gather(
            *(
                self._keys.query(str(shard), index=DUE, before=now_ms + 1, limit=-(-limit // SHARDS))
                for shard in range(SHARDS)
            )
        )
        return [DueJob(JobId(row.jobid), row.due_at or 0) for page in pages for row in page.items]

    async def kinds(self, job_ids: Sequence[JobId]) -> Mapping[JobId, JobKind]:
        rows = await self._db.batch_get([self._kinds.getting(job_id) for job_id in job_ids])
        there = [row for row in rows if row is not None and row.state in _OPEN]
        return {JobId(row.jobid): JobKind(row.kind) for row in there}

    async def _settled(self, after: Job, changes: dict[str, Any], condition: Condition) -> Job:
        """Nobody else writes under this token: what stands there now tells; if it is not ours, it is sent again."""
        standing = await self._table.get(after.id)
        if standing is not None and all(getattr(standing, name) == value for name, value in changes.items()):
            return job_of(standing)
        try:
            row = await self._table.update(after.id, set=changes, condition=condition)
        except ConditionFailed:
            raise JobMoved from None
        return job_of(row)


def _difference(before: JobRow, after: JobRow) -> dict[str, Any]:
    """The attributes that change; None removes one."""
    return {
        field.name: getattr(after, field.name)
        for field in fields(after)
        if getattr(after, field.name) != getattr(before, field.name)
    }
