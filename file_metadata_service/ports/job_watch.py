"""Port: what an operator may see of jobs. Nothing depends on it, and it never fails."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Protocol

from file_metadata_service.domain.jobs import JobKind


class JobStep(StrEnum):
    """`given_back`: to be tried again soon. `broken`: its work failed as only a bug does, and is tried more rarely."""

    BEGUN = "begun"
    TAKEN = "taken"
    GIVEN_BACK = "given_back"
    BROKEN = "broken"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobWatch(Protocol):
    def stepped(self, kind: JobKind, step: JobStep) -> None:
        """A job took this step."""
        ...

    def working(self, kind: JobKind) -> AbstractContextManager[None]:
        """This instance works on a job meanwhile."""
        ...

    def advanced(self, kind: JobKind, nodes: int) -> None:
        """So many nodes more are done, by what was written down."""
        ...

    def looked(self, due: int, oldest_seconds: float) -> None:
        """So many jobs wait for an instance, of all drives, the first of them for so long."""
        ...

    def waiting(self, jobs: Mapping[JobKind, int]) -> None:
        """So many of each kind found no room at this look. A kind that is not there has none."""
        ...
