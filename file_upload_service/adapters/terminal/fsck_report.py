"""What fsck says to whoever runs it: findings on standard output, progress and the summary on standard error."""

import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TextIO
from urllib.parse import quote, unquote

from file_upload_service.app.integrity.fsck import Place, Stage, Step

CLEAN, FINDINGS, COULD_NOT_RUN = 0, 1, 2
_NOUNS = {
    Stage.OBJECTS: "objects",
    Stage.MULTIPARTS: "keys with multipart uploads",
    Stage.TAILS: "pieces of tails",
    Stage.BLOBS: "live blobs",
}


class PlaceInvalid(Exception):
    """No fsck ever said that place."""


def dump_place(place: Place) -> str:
    return place.stage if place.start is None else f"{place.stage}:{quote(place.start)}"


def load_place(text: str) -> Place:
    """Raises PlaceInvalid."""
    stage, colon, start = text.partition(":")
    try:
        return Place(Stage(stage), unquote(start) if colon else None)
    except ValueError as error:
        raise PlaceInvalid from error


@dataclass(slots=True)
class FsckReport:
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    outcomes: Counter[str] = field(default_factory=Counter)
    looked_at: Counter[Stage] = field(default_factory=Counter)
    young: int = 0
    place: Place | None = None

    async def follow(self, steps: AsyncIterator[Step]) -> int:
        """Says each finding as it comes, and in the end how it went. The exit code."""
        async for step in steps:
            self._take(step)
        self._sum_up()
        return FINDINGS if self.outcomes else CLEAN

    def stopped(self, why: str) -> int:
        """It could not go on: says where to. The exit code."""
        self.err.write(f"fsck stopped: {why}\n")
        if self.place is not None:
            self.err.write(f"Go on with --resume-from {dump_place(self.place)}\n")
        self._sum_up()
        return COULD_NOT_RUN

    def _take(self, step: Step) -> None:
        self.looked_at[step.stage] += step.looked_at
        self.young += step.young
        for finding in step.findings:
            self.outcomes[finding.outcome] += 1
            # A key that is none of ours may hold anything.
            self.out.write(f"{finding.kind}: {quote(finding.subject)} [{finding.outcome}]\n")
        self.out.flush()
        self.err.write(f"{step.stage}: {step.looked_at} looked at\n")
        if step.place is not None:
            self.place = step.place

    def _sum_up(self) -> None:
        seen = ", ".join(f"{self.looked_at[stage]} {noun}" for stage, noun in _NOUNS.items())
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        self.err.write(f"fsck: {seen} looked at, {counts or 'clean'}\n")
        if self.young:
            self.err.write(
                f"{self.young} without an owner came later than what is judged: see --older-than-hours\n"
            )
