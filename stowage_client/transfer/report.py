"""What came of a transfer of one or many files."""

from dataclasses import dataclass, field
from typing import Literal

from stowage_client.errors import ClientError, SomeFailed
from stowage_client.transfer.meter import Meter

# done: its bytes travelled. planned: they would. unchanged: they were there already. skipped: nothing to be sent.
Kind = Literal["done", "planned", "unchanged", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one file. `source` and `target` as the person knows them; `why` unless it is done."""

    kind: Kind
    source: str
    target: str
    size_bytes: int = 0
    node_id: str | None = None
    resumed: bool = False
    why: str | None = None
    error: ClientError | None = None


@dataclass(slots=True)
class Report:
    """Outcomes in the order in which they came, and how long it took altogether.

    `excluded` counts what was left out because the person said so, a folder as one. `bytes_moved` travelled, also
    of files that failed; `bytes_saved` need not, because they were there already, from an earlier run too.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    folders_made: int = 0
    excluded: int = 0
    seconds: float = 0.0
    bytes_moved: int = 0
    bytes_saved: int = 0

    def of(self, kind: Kind) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.kind == kind]

    @property
    def bytes_done(self) -> int:
        return sum(outcome.size_bytes for outcome in self.of("done") + self.of("planned"))

    def count_bytes(self, meter: Meter) -> None:
        self.bytes_moved, self.bytes_saved = meter.moved_bytes, meter.settled_bytes

    def fail(self, source: str, target: str, error: ClientError) -> None:
        # Without its traceback: it would keep every frame of thousands of failures alive.
        kept = error.with_traceback(None)
        kept.__cause__ = kept.__context__ = None
        self.outcomes.append(Outcome("failed", source, target, why=error.detail, error=kept))

    def skip(self, source: str, why: str) -> None:
        self.outcomes.append(Outcome("skipped", source, "", why=why))

    def require_success(self) -> None:
        """Raises what failed: the error itself if there was one file, else SomeFailed."""
        failures = [outcome.error for outcome in self.outcomes if outcome.error is not None]
        if len(self.outcomes) == 1 and failures:
            raise failures[0]
        if failures:
            raise SomeFailed(failures, of=len(self.outcomes))
