"""Writes groups to one drive, and knows what stood there at the head that it wrote last.

What is in memory is only believed until the write: the condition on the head proves it, or refuses all of it.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from file_metadata_service.app.climbs import Climb
from file_metadata_service.app.commands import Change
from file_metadata_service.app.deliver import Deliver
from file_metadata_service.app.drafts import Draft, is_full
from file_metadata_service.app.groups import Group, GroupLimits, Outcome, assemble
from file_metadata_service.app.heads import Heads
from file_metadata_service.app.memory import FolderMemory, KnownRows
from file_metadata_service.app.tree import RowsMissing, Tree
from file_metadata_service.app.whole_folders import WholeFolders
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId, Position
from file_metadata_service.ports.answer_cache import ChangeNotes
from file_metadata_service.ports.clock import FreshTokens, Pause
from file_metadata_service.ports.committer_watch import CommitterWatch
from file_metadata_service.ports.ledger import (
    Key,
    Ledger,
    Row,
    RowsRefused,
    Shelf,
    Writing,
)

# Abandon writes blobs without the head.
NEVER_KEPT = frozenset({Shelf.BLOB, Shelf.PARTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterParts:
    """What the writers of all drives share. `rows_kept`: how many a drive may hold in memory.

    landed: told of each new head; they return at once and raise nothing.
    """

    heads: Heads
    ledger: Ledger
    folders: FolderMemory
    tokens: FreshTokens
    pause: Pause
    limits: GroupLimits
    notes: ChangeNotes
    landed: Sequence[Callable[[Position], None]]
    watch: CommitterWatch
    rows_kept: int = 1_000


@dataclass(frozen=True, slots=True)
class Written:
    """One outcome for each command that found room, in order; the position is the head's."""

    outcomes: Sequence[Outcome]
    position: Position


@dataclass(slots=True)
class DriveWriter:
    """Not for concurrent use: one group after the other."""

    drive_id: DriveId
    parts: WriterParts
    _head: Drive | None = None
    _rows: dict[Key, Row | None] = field(default_factory=dict)
    _whole: WholeFolders = field(default_factory=WholeFolders)
    _ahead: Draft | None = None

    async def write(
        self,
        changes: Sequence[Change[Any]],
        give_up_at: float,
        coming: Callable[[], Sequence[Change[Any]]] = tuple,
    ) -> Written:
        """Validates and writes as many as fit, all or nothing. `give_up_at`: monotonic seconds.

        `coming`: asked, while these are on their way, which will be written next; they are drafted meanwhile.

        A refusal is told only after a writing, of an empty journal row if there is nothing else: it proves that what
        was refused was true at the head, and nothing that was on its way to that head can land any more, though it
        held the very command that is refused here, sent by an instance that is gone.

        Raises HeadMoved, RowsRefused, NotWritten, Unavailable: nothing was written, trying again may help;
        OutcomeUnknown: nobody knows.
        """
        draft, self._ahead = self._ahead, None
        try:
            if draft is None or not draft.is_for(changes, self._head):
                draft = self._draft(await self._assemble(changes), changes)
            group, writing = draft.group, draft.writing
            if group.tree.changed or group.refuses:
                rest = changes[len(draft.changes) :]
                position = await self._land(draft, give_up_at, lambda: [*rest, *coming()])
                self.parts.notes.landed(position, writing.touched)
                for tell in self.parts.landed if group.tree.changed else ():
                    tell(position)
            else:
                position = group.tree.head.position
        except RowsRefused as refused:
            # Known for the next try: what a command saw ahead of it was wrong.
            self._drop_blobs()
            self._whole.forget()
            await self._read(group.tree.head, refused.keys)
            raise
        except BaseException:
            self._forget()
            raise
        self._drop_blobs()
        if len(self._rows) > self.parts.rows_kept:
            self._rows.clear()
        return Written(group.outcomes, position)

    def _draft(self, group: Group, changes: Sequence[Change[Any]]) -> Draft:
        writing = group.writing(self.parts.tokens())
        return Draft(changes[: len(group.outcomes)], group, writing, self.parts.ledger.ready(writing))

    async def _assemble(self, changes: Sequence[Change[Any]]) -> Group:
        head = self._head = self._head or await self.parts.heads.read(self.drive_id)
        while True:
            tree = Tree(head, self._known(head), now_ms=self.parts.heads.clock.now_ms())
            try:
                return assemble(tree, changes, self.parts.limits)
            except RowsMissing as missing:
                await self._read(head, missing.keys)

    async def _read(self, head: Drive, keys: frozenset[Key]) -> None:
        await Climb(self.parts.ledger, self.parts.folders).read(head, keys, self._known(head))

    def _known(self, head: Drive) -> KnownRows:
        return KnownRows(head.seq, self.parts.folders.of(head), self._rows, self._whole)

    def _look_ahead(self, writing: Writing, coming: Callable[[], Sequence[Change[Any]]]) -> None:
        """Drafts what comes behind a writing that is on its way; nothing if that takes rows that are not in memory."""
        before, after = writing.before, writing.after
        changes = coming()[: self.parts.limits.commands]
        if not changes or before.tree_epoch != after.tree_epoch:
            return
        rows = self._rows | {item.key: item.after for item in writing.items}
        kept = {key: row for key, row in rows.items() if key.shelf not in NEVER_KEPT}
        known = KnownRows(after.seq, self.parts.folders.of(before), kept, self._whole)
        tree = Tree(after, known, now_ms=self.parts.heads.clock.now_ms())
        with suppress(RowsMissing):
            group = assemble(tree, changes, self.parts.limits)
            if is_full(group, self.parts.limits):
                self._ahead = self._draft(group, changes)

    async def _land(
        self, draft: Draft, give_up_at: float, coming: Callable[[], Sequence[Change[Any]]]
    ) -> Position:
        writing = draft.writing
        # Behind the sending of this one: the engine is at work by then.
        ahead = asyncio.get_running_loop().call_soon(self._look_ahead, writing, coming)
        try:
            if await self._deliver(draft.send, writing, give_up_at):
                self._landed(writing)
            else:
                self._forget()
        finally:
            ahead.cancel()
        return writing.after.position

    @property
    def _deliver(self) -> Deliver:
        return Deliver(self.parts.ledger, self.parts.heads.clock, self.parts.pause)

    def _landed(self, writing: Writing) -> None:
        changed = {item.key: item.after for item in writing.items}
        self.parts.folders.landed(writing.before, writing.after, changed)
        self._rows.update(changed)
        self._whole.landed(writing.before, writing.items)
        self._head = writing.after

    def _drop_blobs(self) -> None:
        for key in [key for key in self._rows if key.shelf in NEVER_KEPT]:
            del self._rows[key]

    def _forget(self) -> None:
        self._head = None
        self._rows.clear()
        self._whole.forget()
