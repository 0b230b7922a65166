"""Reading rows for a rule, and the ancestors of nodes along with them.

Whoever asks for a node asks for the chain above it next. Were it left to the rule to find out level by level, it
would start over at each, and a folder a thousand deep would cost a million steps on the loop that all share.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from file_metadata_service.app.memory import FolderMemory, KnownRows
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import root_of
from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.ports.ledger import HeadMoved, Key, Ledger, Row, Shelf, folder_key


@dataclass(frozen=True, slots=True)
class Climb:
    ledger: Ledger
    folders: FolderMemory

    async def read(self, head: Drive, keys: frozenset[Key], known: KnownRows) -> None:
        """Makes these rows known, and what is not yet known of the chains above the nodes among them.

        Raises HeadMoved if a row is newer than the head: rows of two moments must not be mixed, or a folder
        could seem to lie below itself. Raises Unavailable.
        """
        while keys:
            rows = await self.ledger.read(head.id, keys)
            if any(isinstance(row, Folder | File) and row.seq > head.seq for row in rows.values()):
                raise HeadMoved
            self.folders.keep(head, rows)
            known.rows.update(rows)
            keys = frozenset(key for key in _parents(head, rows) if key not in known)


def _parents(head: Drive, rows: Mapping[Key, Row | None]) -> list[Key]:
    """Of nodes that were asked for by id. Who asked for an entry has its folder already."""
    nodes = [
        row
        for key, row in rows.items()
        if key.shelf in (Shelf.FOLDER, Shelf.FILE) and isinstance(row, Folder | File)
    ]
    return [folder_key(node.parent_id) for node in nodes if node.parent_id not in (None, root_of(head.id))]
