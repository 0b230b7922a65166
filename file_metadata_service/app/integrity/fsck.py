"""Looks at everything, stage by stage and page by page; each step says where to go on after it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from enum import StrEnum

from file_metadata_service.app.integrity.circles import Circles
from file_metadata_service.app.integrity.entry_rules import entry_rule, trash_rule
from file_metadata_service.app.integrity.inspector import Inspector, Report
from file_metadata_service.app.integrity.journal_check import JournalCheck
from file_metadata_service.app.integrity.lone_versions import LoneVersions
from file_metadata_service.app.integrity.node_rules import node_rule
from file_metadata_service.app.integrity.tally import Counting, TooBusy
from file_metadata_service.app.integrity.totals import Totals
from file_metadata_service.app.integrity.trash_totals import TrashTotals
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId, NodeId, root_of
from file_metadata_service.ports.census import Census
from file_metadata_service.ports.clock import Clock, FreshTokens, Pause
from file_metadata_service.ports.drives import DriveRepository
from file_metadata_service.ports.jobs import JobRepository
from file_metadata_service.ports.journal import JournalReader
from file_metadata_service.ports.ledger import Ledger, file_key, folder_key
from file_metadata_service.ports.sights import Sights


class Stage(StrEnum):
    """In this order: what counts over a whole drive comes when its rows are right, and past versions without a file
    last. They are counted before, so that nothing is taken off that was not counted.
    """

    FOLDERS = "folders"
    FILES = "files"
    NAMES = "names"
    TRASH = "trash"
    JOURNAL = "journal"
    TOTALS = "totals"
    VERSIONS = "versions"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on: in a drive, at a stage, at a page of it. `page_of_drives`: of all drives, where this one was."""

    drive_id: DriveId
    stage: Stage = Stage.FOLDERS
    start: str | None = None
    page_of_drives: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One page that was looked at. `looked_at`: how many rows it began from; `place`: the page after it, or None.

    `too_busy`: the drive is written too fast for this to be counted.
    """

    drive_id: DriveId
    stage: Stage
    looked_at: int
    reports: tuple[Report, ...]
    place: Place | None
    too_busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FsckPorts:
    drives: DriveRepository
    ledger: Ledger
    census: Census
    sights: Sights
    journal: JournalReader
    jobs: JobRepository
    clock: Clock
    pause: Pause
    tokens: FreshTokens


class NoSuchDrive(Exception):
    """There is no drive of that id."""


class Fsck:
    def __init__(self, ports: FsckPorts, *, repairs: bool) -> None:
        self._ports = ports
        self._inspector = Inspector(
            sights=ports.sights,
            ledger=ports.ledger,
            jobs=ports.jobs,
            clock=ports.clock,
            pause=ports.pause,
            tokens=ports.tokens,
            repairs=repairs,
        )
        self._journal = JournalCheck(ports.journal, self._inspector)
        counting = Counting(
            census=ports.census,
            sights=ports.sights,
            drives=ports.drives,
            journal=ports.journal,
            pause=ports.pause,
        )
        self._totals = Totals(counting, self._inspector)
        self._circles = Circles(ports.census, self._inspector)
        self._versions = LoneVersions(ports.census, self._inspector)
        self._trash = TrashTotals(ports.census, ports.drives, self._inspector)

    async def everything(self, resume: Place | None = None) -> AsyncIterator[Step]:
        """All drives, or from that place on. Raises Unavailable."""
        page_of_drives = resume.page_of_drives if resume else None
        while True:
            page = await self._ports.census.drives(start=page_of_drives)
            ids = list(page.items)
            if resume is not None and resume.drive_id in ids:
                del ids[: ids.index(resume.drive_id)]
            for drive_id in ids:
                begin = resume if resume and resume.drive_id == drive_id else Place(drive_id)
                async for step in self.drive(replace(begin, page_of_drives=page_of_drives)):
                    yield step
            resume, page_of_drives = None, page.next_start
            if page_of_drives is None:
                return

    async def drive(self, place: Place) -> AsyncIterator[Step]:
        """One drive, from that place on. Raises NoSuchDrive, Unavailable."""
        following: Place | None = place
        while following is not None:
            head = await self._ports.drives.get(place.drive_id)
            if head is None:
                raise NoSuchDrive(place.drive_id)
            step = await self._step(head, following)
            yield step
            following = step.place

    async def _step(self, head: Drive, place: Place) -> Step:
        reports, looked_at, start, too_busy = list[Report](), 0, None, False
        if place.stage is Stage.TOTALS:
            try:
                async for report in self._whole(head):
                    reports.append(report)
                looked_at = 1
            except TooBusy:
                too_busy = True
        else:
            looked_at, reports, start = await self._page(head, place.stage, place.start)
        after: Place | None = replace(place, start=start)
        if start is None:
            stages = list(Stage)[list(Stage).index(place.stage) + 1 :]
            after = replace(place, stage=stages[0], start=None) if stages else None
        return Step(head.id, place.stage, looked_at, tuple(reports), after, too_busy)

    async def _page(
        self, head: Drive, stage: Stage, start: str | None
    ) -> tuple[int, list[Report], str | None]:
        census, inspect, now_ms = self._ports.census, self._inspector.inspect, self._ports.clock.now_ms()
        match stage:
            case Stage.FOLDERS:
                page = await census.folders(head.id, start=start)
                rules = [node_rule(folder_key(node_id), now_ms) for node_id in page.items]
                return len(rules), await inspect(head, rules), page.next_start
            case Stage.FILES:
                page = await census.files(head.id, start=start)
                rules = [node_rule(file_key(node_id), now_ms) for node_id in page.items]
                return len(rules), await inspect(head, rules), page.next_start
            case Stage.NAMES:
                return await self._names(head, start)
            case Stage.TRASH:
                places = await census.trash(head.id, start=start)
                reports = await inspect(head, [trash_rule(key) for key in places.items])
                return len(places.items), reports, places.next_start
            case Stage.JOURNAL:
                after = head.journal_floor if start is None else int(start)
                reports, on = await self._journal.page(head, after)
                return (0 if on is None else on - after), reports, None if on is None else str(on)
            case Stage.VERSIONS:
                return await self._versions.page(head, start)
            case Stage.TOTALS:
                raise AssertionError("has no pages")

    async def _whole(self, head: Drive) -> AsyncIterator[Report]:
        """Each as soon as it is known: what was repaired before something cannot be counted is told. Raises TooBusy."""
        for report in await self._circles.check(head):
            yield report
        in_trash = await self._trash.check(head)
        if in_trash is not None:
            yield in_trash
        async for report in self._totals.check(head.id):
            yield report

    async def _names(self, head: Drive, start: str | None) -> tuple[int, list[Report], str | None]:
        """Of the root first, then of a page of folders."""
        page = await self._ports.census.folders(head.id, start=start)
        first: tuple[NodeId, ...] = (root_of(head.id),) if start is None else ()
        looked_at, reports = 0, list[Report]()
        for folder_id in (*first, *page.items):
            on: str | None = None
            while True:
                names = await self._ports.census.entries(folder_id, start=on)
                reports += await self._inspector.inspect(head, [entry_rule(key) for key in names.items])
                looked_at += len(names.items)
                on = names.next_start
                if on is None:
                    break
        return looked_at, reports, page.next_start
