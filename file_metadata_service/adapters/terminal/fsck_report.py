"""What fsck says to whoever runs it: findings on standard output, progress and the summary on standard error."""

import base64
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import astuple, dataclass, field
from typing import TextIO

from file_metadata_service.app.integrity.fsck import Place, Stage, Step
from file_metadata_service.domain.ids import DriveId

CLEAN, FINDINGS, COULD_NOT_RUN = 0, 1, 2


class PlaceInvalid(Exception):
    """No fsck ever said that place."""


def dump_place(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(astuple(place)).encode()).decode().rstrip("=")


def load_place(text: str) -> Place:
    """Raises PlaceInvalid."""
    try:
        padded = text + "=" * (-len(text) % 4)
        drive_id, stage, start, page = json.loads(base64.urlsafe_b64decode(padded))
        return Place(DriveId(drive_id), Stage(stage), start, page)
    except (ValueError, TypeError) as error:
        raise PlaceInvalid from error


@dataclass(slots=True)
class FsckReport:
    """Ids and numbers only, never a name."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    outcomes: Counter[str] = field(default_factory=Counter)
    drives: set[DriveId] = field(default_factory=set)
    busy: set[DriveId] = field(default_factory=set)
    looked_at: int = 0
    place: Place | None = None

    async def follow(self, steps: AsyncIterator[Step]) -> int:
        """Says each finding as it comes, and in the end how it went. The exit code."""
        async for step in steps:
            self._take(step)
        self._sum_up()
        if self.outcomes:
            return FINDINGS
        return COULD_NOT_RUN if self.busy else CLEAN

    def stopped(self, why: str) -> int:
        """It could not go on: says where to. The exit code."""
        self.err.write(f"fsck stopped: {why}\n")
        if self.place is not None:
            self.err.write(f"Go on with --resume-from {dump_place(self.place)}\n")
        self._sum_up()
        return COULD_NOT_RUN

    def _take(self, step: Step) -> None:
        self.drives.add(step.drive_id)
        self.looked_at += step.looked_at
        for report in step.reports:
            defect = report.defect
            self.outcomes[report.outcome] += 1
            self.out.write(f"{defect.drive_id} {defect.kind}: {defect.subject} [{report.outcome}]\n")
        self.out.flush()
        self.err.write(f"{step.drive_id} {step.stage}: {step.looked_at} looked at\n")
        if step.too_busy:
            self.busy.add(step.drive_id)
            self.err.write(f"{step.drive_id} {step.stage}: written too fast, look again at a quieter time\n")
        if step.place is not None:
            self.place = step.place

    def _sum_up(self) -> None:
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        self.err.write(
            f"fsck: {len(self.drives)} drives, {self.looked_at} rows looked at, {counts or 'clean'}\n"
        )
