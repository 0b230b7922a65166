"""Keeps the indexes of names in step with the journals, and builds them where there are none.

An index is only ever behind, never wrong: it says how far it has come. One task per drive works on it, whoever
asks; a question waits for it a moment and is answered from what is there.
"""

import asyncio
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field, replace

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId, Position
from file_metadata_service.domain.journal import JournalEntry
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.ports.clock import Clock
from file_metadata_service.ports.drives import DriveRepository
from file_metadata_service.ports.journal import JournalReader
from file_metadata_service.ports.ledger import Ledger
from file_metadata_service.ports.node_walk import NodeWalk
from file_metadata_service.ports.search_index import Mark, SearchIndex
from file_metadata_service.ports.search_watch import SearchWatch

# The walk reads an index of the store that may lag. What was written so shortly before is read from the journal.
OVERLAP = 1_000
ENTRIES_PER_PAGE = 200
WARM_SECONDS = 600.0
MAX_WARM = 1_000


class JournalGap(Exception):
    """The next change is no longer there to be read."""


@dataclass(frozen=True, slots=True)
class _Work:
    """On one drive's index. `hurry`: somebody waits for it."""

    task: asyncio.Task[None]
    hurry: asyncio.Event


@dataclass(slots=True, kw_only=True)
class IndexKeeper:
    """`patience_seconds`: how long a question waits for the index to come up with the head. `rest_seconds`: how
    long a drive that was asked lately may gather changes before they are read.
    """

    drives: DriveRepository
    journal: JournalReader
    ledger: Ledger
    nodes: NodeWalk
    index: SearchIndex
    clock: Clock
    watch: SearchWatch
    patience_seconds: float = 0.5
    rest_seconds: float = 0.25
    _works: dict[DriveId, _Work] = field(default_factory=dict)
    _asked_at: dict[DriveId, float] = field(default_factory=dict)

    async def fresh(self, head: Drive) -> Mark | None:
        """How far the index of this drive has come, at the head if it gets there in time; None if there is none
        of this journal yet. Raises Unavailable.
        """
        self._note_asked(head.id)
        mark = await self.index.mark(head.id)
        # Further than the head: somebody brought it there meanwhile, or the journal was taken back. The work tells.
        doubtful = mark is not None and mark.seq > head.seq
        try:
            async with asyncio.timeout(self.patience_seconds):
                while doubtful or not _at(head, mark):
                    work = self._work(head.id)
                    work.hurry.set()
                    await asyncio.shield(work.task)
                    doubtful, mark = False, await self.index.mark(head.id)
        except TimeoutError:
            mark = await self.index.mark(head.id)
        return mark if mark is not None and mark.journal_id == head.journal_id else None

    def landed(self, position: Position) -> None:
        """The drive's head is there now: if somebody asked lately, the index follows. Never raises."""
        asked_at = self._asked_at.get(position.drive_id)
        if asked_at is not None and self.clock.monotonic_seconds() - asked_at < WARM_SECONDS:
            self._work(position.drive_id)

    async def finish(self) -> None:
        """Lets go of everything: it is taken up where it was left."""
        tasks = [work.task for work in self._works.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _note_asked(self, drive_id: DriveId) -> None:
        self._asked_at.pop(drive_id, None)
        self._asked_at[drive_id] = self.clock.monotonic_seconds()
        if len(self._asked_at) > MAX_WARM:
            del self._asked_at[next(iter(self._asked_at))]

    def _work(self, drive_id: DriveId) -> _Work:
        work = self._works.get(drive_id)
        if work is None:
            hurry = asyncio.Event()
            # A context of its own: the work belongs to no single request, nor ends with it.
            bring = asyncio.get_running_loop().create_task(self._bring(drive_id, hurry), context=Context())
            bring.add_done_callback(lambda done: self._done(drive_id, done))
            work = self._works[drive_id] = _Work(bring, hurry)
        return work

    def _done(self, drive_id: DriveId, task: asyncio.Task[None]) -> None:
        del self._works[drive_id]
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self.watch.failed(error)

    async def _bring(self, drive_id: DriveId, hurry: asyncio.Event) -> None:
        """To where the head is when this is done, or was a moment before."""
        with suppress(TimeoutError):
            await asyncio.wait_for(hurry.wait(), self.rest_seconds)
        mark = await self.index.mark(drive_id)
        head = await self.drives.get(drive_id)
        if head is None:
            return
        cause = _why_not(head, mark)
        if mark is not None and cause is None:
            try:
                await self._follow(head, mark)
            except JournalGap:
                cause = "gap"
        if cause is None:
            return
        self.watch.gathering(cause)
        try:
            await self._gather(head)
        except JournalGap as error:  # it was compacted meanwhile: whoever asks next begins again
            self.watch.failed(error)

    async def _gather(self, head: Drive) -> None:
        """Everything that is there, then what the journal said meanwhile. Raises JournalGap if that is gone."""
        mark = Mark(head.journal_id, max(head.seq - OVERLAP, head.journal_floor), complete=False)
        await self.index.begin(head.id, mark)
        start: str | None = None
        while True:
            page = await self.nodes.page(head.id, start=start)
            rows = await self.ledger.read(head.id, page.items) if page.items else {}
            await self.index.put(
                head.id, [row for row in rows.values() if isinstance(row, Folder | File)], mark
            )
            start = page.next_start
            if start is None:
                break
        head = await self.drives.get(head.id) or head
        mark = await self._follow(head, mark)
        await self.index.put(head.id, (), replace(mark, complete=True))

    async def _follow(self, head: Drive, mark: Mark) -> Mark:
        """Reads on to the head. Raises JournalGap."""
        while mark.seq < head.seq:
            entries = await self.journal.page(head.id, mark.seq, ENTRIES_PER_PAGE)
            if not entries or entries[0].seq != mark.seq + 1 or mark.journal_id != head.journal_id:
                raise JournalGap
            mark = replace(mark, seq=entries[-1].seq)
            await self.index.put(head.id, _nodes(entries), mark)
            if mark.complete:
                self.watch.followed((self.clock.now_ms() - entries[0].at_ms) / 1000)
        return mark


def _at(head: Drive, mark: Mark | None) -> bool:
    return mark is not None and mark.complete and mark.journal_id == head.journal_id and mark.seq >= head.seq


def _why_not(head: Drive, mark: Mark | None) -> str | None:
    """Why an index cannot be brought up by reading on; None: it can."""
    if mark is None:
        return "new"
    # Further than the head: this journal was taken back to an earlier state.
    if mark.journal_id != head.journal_id or mark.seq > head.seq:
        return "other_journal"
    if not mark.complete:
        return "interrupted"
    return "gap" if mark.seq < head.journal_floor else None


def _nodes(entries: tuple[JournalEntry, ...]) -> list[Node]:
    """Each in its last state."""
    latest = {change.node.id: change.node for entry in entries for change in entry.changes}
    return list(latest.values())
