"""Jobs of the in-memory server: each is done at the second look at it, unless it was told to fail or to stay."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.fakes.client_problem import Problem

Json = dict[str, Any]


class InMemoryJobs:
    """`failure`: how jobs end from now on; `stuck`: they do not."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.failure: Problem | None = None
        self.stuck = False
        self._now = now
        self._jobs: dict[str, Json] = {}
        self._work: dict[str, Callable[[], str | None]] = {}

    def begin(self, kind: str, work: Callable[[], str | None]) -> Json:
        job: Json = {
            "id": secrets.token_hex(16),
            "kind": kind,
            "state": "queued",
            "done": 0,
            "total": None,
            "created_at": self._now().isoformat(),
            "error": None,
            "node_id": None,
        }
        self._jobs[job["id"]], self._work[job["id"]] = job, work
        return dict(job)

    def latest(self) -> list[Json]:
        return list(self._jobs.values())[::-1]

    def look(self, job_id: str) -> Json:
        job = self._find(job_id)
        if job["state"] == "queued":
            job |= {"state": "running", "total": 2}
        elif job["state"] == "running" and not self.stuck:
            self._end(job)
        return job

    def cancel(self, job_id: str) -> Json:
        job = self._find(job_id)
        if job["state"] in ("queued", "running"):
            job["state"] = "cancelled"
        return job

    def _end(self, job: Json) -> None:
        if self.failure is not None:
            job |= {"state": "failed", "error": {"code": self.failure.code, "detail": self.failure.detail}}
            return
        job |= {"state": "done", "done": 2, "node_id": self._work[job["id"]]()}

    def _find(self, job_id: str) -> Json:
        if job_id not in self._jobs:
            raise Problem(404, "job_not_found", "There is no such job.")
        return self._jobs[job_id]
