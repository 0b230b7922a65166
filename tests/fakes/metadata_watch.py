"""What a committer told whoever watches it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from file_metadata_service.ports.committer_watch import Origin


@dataclass(slots=True)
class RecordingWatch:
    """Implements CommitterWatch."""

    groups: list[int] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    retries: list[str] = field(default_factory=list)
    drops: list[str] = field(default_factory=list)
    unknown: int = 0

    def origin(self) -> Origin:
        return Origin("")

    @contextmanager
    def writing(self, origins: Sequence[Origin]) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.unknown += 1
            raise

    def settled(self, *, commands: int) -> None:
        self.groups.append(commands)

    def refused(self, code: str) -> None:
        self.refusals.append(code)

    def dropped(self, cause: str) -> None:
        self.drops.append(cause)

    def retried(self, cause: str) -> None:
        self.retries.append(cause)
