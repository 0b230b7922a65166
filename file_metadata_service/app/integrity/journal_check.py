"""The journal: a row for every number from the floor to the head, and none above it."""

from dataclasses import dataclass, replace

from file_metadata_service.app.integrity.inspector import Inspector, Report
from file_metadata_service.app.integrity.scene import Finding, Mending, Rule, Scene, finding
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.drives import Drive
from file_metadata_service.ports.journal import JournalReader

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class JournalCheck:
    journal: JournalReader
    inspector: Inspector

    async def page(self, head: Drive, after_seq: int) -> tuple[list[Report], int | None]:
        """One stretch; the number to go on from, None at the end. Raises Unavailable."""
        found = [entry.seq for entry in await self.journal.page(head.id, after_seq, PAGE)]
        # Without a row after it, everything up to the head as it was before must have come.
        upto = found[-1] if found else max(head.seq, after_seq)
        missing = sorted(set(range(after_seq + 1, upto + 1)) - set(found))
        reports = []
        if missing:
            reports += [await self.inspector.settle(head.id, self._gap_rule(missing[-1], missing[0]))]
        if found and found[-1] > head.seq:
            reports += [await self._check_ahead(head, found[-1])]
        return [it for it in reports if it is not None], found[-1] if found else None

    def _gap_rule(self, last: int, first: int) -> Rule:
        """Rows are deleted below a floor that was raised before, so whatever lies above the floor must be there."""

        def check(scene: Scene) -> Finding | None:
            if last <= scene.head.journal_floor or last > scene.head.seq:
                return None
            lost = f"{first}" if first == last else f"between {first} and {last}"
            mending = Mending(drive=replace(scene.head, journal_floor=last))
            return finding(scene, DefectKind.JOURNAL_GAP, lost, mending)

        return check

    async def _check_ahead(self, head: Drive, seq: int) -> Report | None:
        """A row is written together with the head, so a head that is read after it cannot be behind it."""

        def check(scene: Scene) -> Finding | None:
            if seq <= scene.head.seq:
                return None
            return finding(scene, DefectKind.JOURNAL_AHEAD, f"{seq}, the head is {scene.head.seq}", None)

        return await self.inspector.settle(head.id, check)
