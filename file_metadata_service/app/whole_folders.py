"""Folders of which every name is known: what has none of them there is free, and nobody needs to ask the table.

Whoever fills a new folder asks for each name whether it is taken, and the answer is always no. The writer that made
the folder knows that: it put every name that is in it. As with all that a writer remembers, the condition on the
head proves it, since no name comes or goes without the head.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import NodeId, root_of
from file_metadata_service.ports.ledger import Item, Key, Shelf


@dataclass(slots=True, kw_only=True)
class WholeFolders:
    """Of one drive. `max_held`: how many folders and names may be remembered; with more it starts over, with new
    folders.
    """

    max_held: int = 5_000
    _taken: dict[str, set[str]] = field(default_factory=dict)
    _names: int = 0

    def frees(self, key: Key) -> bool:
        """Is it the place of a name, and surely nothing stands there?"""
        taken = self._taken.get(key.partition)
        return taken is not None and key.shelf is Shelf.ENTRY and key.sort not in taken

    def landed(self, before: Drive, items: Iterable[Item]) -> None:
        """What this writer wrote, at the head that it knew."""
        if before.seq == 0:
            self._taken[root_of(before.id)] = set()
        entries = list[Item]()
        for item in items:
            if item.key.shelf is Shelf.FOLDER:
                self._made_or_gone(NodeId(item.key.partition), item)
            elif item.key.shelf is Shelf.ENTRY:
                entries.append(item)
        for item in entries:
            self._named(item)
        if len(self._taken) + self._names > self.max_held:
            self.forget()

    def forget(self) -> None:
        self._taken.clear()
        self._names = 0

    def _made_or_gone(self, folder_id: NodeId, item: Item) -> None:
        if item.before is None:
            self._taken[folder_id] = set()
        elif item.after is None:
            self._names -= len(self._taken.pop(folder_id, ()))

    def _named(self, item: Item) -> None:
        taken = self._taken.get(item.key.partition)
        if taken is None:
            return
        self._names -= len(taken)
        if item.after is None:
            taken.discard(item.key.sort)
        else:
            taken.add(item.key.sort)
        self._names += len(taken)
