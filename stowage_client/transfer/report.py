"""What came of a transfer of one or many files."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from stowage_client.errors import ClientError, ExitCode, SomeFailed
from stowage_client.transfer.meter import Meter

# done: its bytes travelled. planned: they would. unchanged: they were there already. skipped: nothing to be sent.
# deleted: it stood here only, and does no more, or would not.
Kind = Literal["done", "planned", "unchanged", "deleted", "skipped", "failed"]

# Of more files than this those that went well are only counted, of more than that many the others too.
NAMED_UP_TO = 20
_TOLD_UP_TO = 1000


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

    @property
    def went_well(self) -> bool:
        return self.kind not in ("skipped", "failed")


@dataclass(slots=True)
class Report:
    """What is worth telling of all outcomes, in bounded memory unless `keeps_all`, and how long it took altogether.

    `excluded` counts what was left out because the person said so, a folder as one. `bytes_done` are the sizes of
    the files that are done or planned. `bytes_moved` travelled, also of files that failed; `bytes_saved` need not,
    because they were there already, from an earlier run too.
    """

    keeps_all: bool = False
    outcomes: list[Outcome] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)
    exit_codes: set[ExitCode] = field(default_factory=set)
    folders_made: int = 0
    excluded: int = 0
    seconds: float = 0.0
    bytes_done: int = 0
    bytes_moved: int = 0
    bytes_saved: int = 0

    def of(self, kind: Kind) -> list[Outcome]:
        """Those that were kept."""
        return [outcome for outcome in self.outcomes if outcome.kind == kind]

    def add(self, outcome: Outcome) -> None:
        self.counts[outcome.kind] += 1
        if outcome.kind in ("done", "planned"):
            self.bytes_done += outcome.size_bytes
        if outcome.error is not None:
            self.exit_codes.add(outcome.error.exit_code)
        if self.keeps_all or self._is_worth_keeping(outcome):
            self.outcomes.append(outcome)

    def _is_worth_keeping(self, outcome: Outcome) -> bool:
        troubles = self.counts["skipped"] + self.counts["failed"]
        if outcome.went_well:
            return self.counts.total() - troubles <= NAMED_UP_TO
        return troubles <= _TOLD_UP_TO

    def count_bytes(self, meter: Meter) -> None:
        self.bytes_moved, self.bytes_saved = meter.moved_bytes, meter.settled_bytes

    def fail(self, source: str, target: str, error: ClientError) -> None:
        # Without its traceback: it would keep every frame of thousands of failures alive.
        kept = error.with_traceback(None)
        kept.__cause__ = kept.__context__ = None
        self.add(Outcome("failed", source, target, why=error.detail, error=kept))

    def skip(self, source: str, why: str) -> None:
        self.add(Outcome("skipped", source, "", why=why))

    def require_success(self) -> None:
        """Raises what failed: the error itself if there was one file, else SomeFailed."""
        if self.counts.total() == 1 and (failed := self.of("failed")) and failed[0].error is not None:
            raise failed[0].error
        if self.exit_codes:
            raise SomeFailed(self.counts["failed"], self.exit_codes, of=self.counts.total())
