"""Everything about jobs, put together: who begins, runs, shows and cancels them."""

from collections.abc import Mapping
from dataclasses import dataclass

from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.job_runner import JobRunner
from file_metadata_service.app.job_runs import Work
from file_metadata_service.app.start_job import CancelJob, GetJob, ListJobs, StartJob
from file_metadata_service.domain.ids import NodeIds
from file_metadata_service.domain.jobs import JobKind
from file_metadata_service.ports.clock import Clock, FreshTokens, Sleep
from file_metadata_service.ports.job_watch import JobWatch
from file_metadata_service.ports.jobs import DueJobs, JobRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPorts:
    """What jobs need from the world."""

    jobs: JobRepository
    due_jobs: DueJobs
    clock: Clock
    sleep: Sleep
    tokens: FreshTokens
    watch: JobWatch


class JobDesk:
    """`runner` must be kept going by whoever starts the service."""

    def __init__(
        self, ports: JobPorts, works: Mapping[JobKind, Work], node_ids: NodeIds, cursors: Cursors
    ) -> None:
        self.runner = JobRunner(
            jobs=ports.jobs,
            due_jobs=ports.due_jobs,
            works=works,
            clock=ports.clock,
            sleep=ports.sleep,
            watch=ports.watch,
            owner=ports.tokens(),
        )
        self.start = StartJob(
            jobs=ports.jobs, runner=self.runner, node_ids=node_ids, clock=ports.clock, watch=ports.watch
        )
        self.get = GetJob(ports.jobs)
        self.list = ListJobs(ports.jobs, cursors)
        self.cancel = CancelJob(ports.jobs, self.get)
