"""From suspicion to certainty: a quick glance at many, a look at each that seems wrong, and its repair.

Nothing that was glanced at is reported: rows of different moments contradict each other on a live drive. What is
reported was wrong with the head and all rows as of one moment; what is repaired is judged, and written, at one head.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from chassis.errors import Unavailable
from file_metadata_service.app.integrity.scene import Finding, JobUnknown, Rule, Scene
from file_metadata_service.app.tree import RowsMissing
from file_metadata_service.domain.defects import Defect
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.jobs import JobId
from file_metadata_service.ports.clock import Clock, FreshTokens, Pause
from file_metadata_service.ports.jobs import JobRepository
from file_metadata_service.ports.ledger import (
    HeadMoved,
    Key,
    Ledger,
    NotWritten,
    OutcomeUnknown,
    RowsRefused,
    Writing,
)
from file_metadata_service.ports.sights import Sights

ATTEMPTS = 50


class Outcome(StrEnum):
    # Or not to be repaired in time, as others wrote so fast.
    FOUND = "found"
    REPAIRED = "repaired"
    FOR_A_HUMAN = "needs a human"


@dataclass(frozen=True, slots=True)
class Report:
    defect: Defect
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    """`repairs`: whether it may write."""

    sights: Sights
    ledger: Ledger
    jobs: JobRepository
    clock: Clock
    pause: Pause
    tokens: FreshTokens
    repairs: bool

    async def inspect(self, head: Drive, rules: Sequence[Rule]) -> list[Report]:
        """All of these, read together. Raises Unavailable."""
        reports = [await self.settle(head.id, rule) for rule in await self._suspects(head, rules)]
        return [report for report in reports if report is not None]

    async def _suspects(self, head: Drive, rules: Sequence[Rule]) -> list[Rule]:
        jobs_over = dict[JobId, bool]()
        scene, suspects, open_rules = Scene(head, jobs_over=jobs_over), list[Rule](), list(rules)
        while open_rules:
            missing, waiting = set[Key](), list[Rule]()
            for rule in open_rules:
                try:
                    if rule(scene) is not None:
                        suspects.append(rule)
                except RowsMissing as lack:
                    missing |= lack.keys
                    waiting.append(rule)
                except JobUnknown as lack:
                    jobs_over[lack.job_id] = await self._is_over(lack.job_id)
                    waiting.append(rule)
            if missing:
                scene.see(await self.sights.glance(head, missing))
            open_rules = waiting
        return suspects

    async def settle(self, drive_id: DriveId, rule: Rule) -> Report | None:
        """The rule on rows of one moment, and its repair. None: all is well. Raises Unavailable."""
        for attempt in count():
            scene, found = await self._judge(drive_id, rule)
            if found is None:
                return None
            if found.mending is None:
                return Report(found.defect, Outcome.FOR_A_HUMAN)
            if not self.repairs or attempt == ATTEMPTS:
                return Report(found.defect, Outcome.FOUND)
            if await self._land(found.mending.writing(scene, self.tokens(), self.clock.now_ms())):
                return Report(found.defect, Outcome.REPAIRED)
            await self.pause(attempt)
        raise AssertionError

    async def _land(self, writing: Writing) -> bool:
        """Sends the identical writing until it is known what became of it. Raises Unavailable: nobody knows."""
        unknown = False
        for attempt in range(ATTEMPTS):
            try:
                await self.ledger.write(writing)
            except OutcomeUnknown:
                unknown = True
            except HeadMoved:
                # By somebody else, or by an earlier try of this very writing.
                token = await self.ledger.token_at(writing.after.id, writing.after.seq) if unknown else None
                return token == writing.token
            except (RowsRefused, NotWritten) as refusal:
                if not unknown or isinstance(refusal, RowsRefused):
                    return False
            else:
                return True
            await self.pause(attempt)
        raise Unavailable("A repair may or may not have been made; look again.", retry_after_seconds=1)

    async def _judge(self, drive_id: DriveId, rule: Rule) -> tuple[Scene, Finding | None]:
        keys, jobs_over = frozenset[Key](), dict[JobId, bool]()
        while True:
            sight = await self.sights.look(drive_id, keys)
            scene = Scene(sight.head, jobs_over=jobs_over)
            scene.see(sight)
            try:
                return scene, rule(scene)
            except RowsMissing as missing:
                keys |= missing.keys
            except JobUnknown as unknown:
                # The rows are looked at again after this: what it did until it was over is to be seen.
                jobs_over[unknown.job_id] = await self._is_over(unknown.job_id)

    async def _is_over(self, job_id: JobId) -> bool:
        """A job stands before the first row that it writes out of sight."""
        job = await self.jobs.get(job_id)
        return job is None or job.state.is_end
