"""Asking a drive: the head first, then rows, all as of that head."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from chassis.errors import Unavailable
from file_metadata_service.app.climbs import Climb
from file_metadata_service.app.heads import Heads
from file_metadata_service.app.memory import FolderMemory, KnownRows
from file_metadata_service.app.tree import RowsMissing, Tree
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.ports.ledger import HeadMoved, Ledger

T = TypeVar("T")
MAX_FRESH_STARTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Runs rules that change nothing. A cache of rows may stand before the ledger, the head being its
    `as_of`.
    """

    heads: Heads
    ledger: Ledger
    folders: FolderMemory

    def recall(self, head: Drive, question: Callable[[Tree], T]) -> T:
        """The answer from what is in memory. Raises RowsMissing, and what the question raises."""
        return question(self._tree(head, KnownRows(head.seq, self.folders.of(head))))

    async def ask(
        self, drive_id: DriveId, question: Callable[[Tree], T], *, head: Drive | None = None
    ) -> tuple[T, Drive]:
        """The answer, and the head that it is true at: `head`, if it was read just now, or a newer one.

        Raises Unavailable, and what the question raises.
        """
        for _ in range(MAX_FRESH_STARTS):
            head = head or await self.heads.read(drive_id)
            known = KnownRows(head.seq, self.folders.of(head))
            while True:
                try:
                    return question(self._tree(head, known)), head
                except RowsMissing as missing:
                    keys = missing.keys
                try:
                    await Climb(self.ledger, self.folders).read(head, keys, known)
                except HeadMoved:
                    head = None
                    break
        raise Unavailable("This place changes too fast to be read.", retry_after_seconds=1)

    def _tree(self, head: Drive, known: KnownRows) -> Tree:
        return Tree(head, known, now_ms=self.heads.clock.now_ms())
