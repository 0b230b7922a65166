"""What may stay in memory between requests, and for how long it is the truth.

A folder's row and the entry that names it change only together with the drive's `tree_epoch`: as long as
the head that was just read has the same epoch, every folder in memory is where it was. All other rows are
true only at one head, and only the committer, whose write proves that head, keeps them.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from file_metadata_service.app.whole_folders import WholeFolders
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.nodes import Folder
from file_metadata_service.ports.ledger import Key, Row, Shelf

FolderRows = dict[Key, Folder]


@dataclass(slots=True)
class _Held:
    journal_id: str
    tree_epoch: int
    rows: FolderRows = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class FolderMemory:
    """Folders by drive and epoch, the drives used last. Bounded: a drive with more folders starts over."""

    max_drives: int = 64
    max_rows_per_drive: int = 5_000
    _held: OrderedDict[DriveId, _Held] = field(default_factory=OrderedDict)

    def of(self, head: Drive) -> FolderRows:
        """The folders that are true at that head; for a head that is behind others, nothing."""
        held = self._held.get(head.id)
        if held is None or held.journal_id != head.journal_id or held.tree_epoch < head.tree_epoch:
            held = self._held[head.id] = _Held(head.journal_id, head.tree_epoch)
        if held.tree_epoch > head.tree_epoch:
            return {}
        self._held.move_to_end(head.id)
        if len(self._held) > self.max_drives:
            self._held.popitem(last=False)
        if len(held.rows) > self.max_rows_per_drive:
            held.rows = {}
        return held.rows

    def keep(self, head: Drive, rows: Mapping[Key, Row | None]) -> None:
        """Remembers the folders among rows that were read after that head; what has changed since is left
        out.
        """
        known = self.of(head)
        known.update(
            (key, row) for key, row in rows.items() if isinstance(row, Folder) and row.seq <= head.seq
        )

    def landed(self, before: Drive, after: Drive, changed: Mapping[Key, Row | None]) -> None:
        """Carries the folders over to the head that this instance wrote."""
        if after.tree_epoch != before.tree_epoch:
            old = dict(self.of(before))
            for key in changed:
                old.pop(key, None)
            self.of(after).update(old)
        self.keep(after, changed)


@dataclass(slots=True)
class KnownRows:
    """Rows that were read at the head `seq`, before the folders in memory; `whole` knows names that are free.

    Others fill that memory from later heads meanwhile. Such a folder is not known here: beside rows of this head
    it could refuse the very command that made it.
    """

    seq: int
    folders: FolderRows
    rows: dict[Key, Row | None] = field(default_factory=dict)
    whole: WholeFolders = field(default_factory=WholeFolders)

    def __contains__(self, key: Key) -> bool:
        # Asked a dozen times for each command: what only folders and names can be is not asked of others.
        if key in self.rows:
            return True
        if key.shelf is Shelf.ENTRY and self.whole.frees(key):
            return True
        return self._folder(key) is not None

    def __getitem__(self, key: Key) -> Row | None:
        return self.rows[key] if key in self.rows else self._folder(key)

    def _folder(self, key: Key) -> Folder | None:
        folder = self.folders.get(key)
        return folder if folder is not None and folder.seq <= self.seq else None
