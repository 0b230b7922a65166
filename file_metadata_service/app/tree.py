"""A drive as of one seq, in memory, with what commands have done to it since: the overlay.

Rules run on it as plain functions. A row that is not in memory yet raises RowsMissing; whoever runs the rule
reads what is missing, for all waiting rules at once, and runs them again. So rules do no I/O, and the
number of remote calls is the depth of what they ask, not its amount.
"""

from collections.abc import Iterator
from typing import Protocol, TypeVar

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.errors import CommandIdReused
from file_metadata_service.domain.ids import Actor, NodeId, root_of
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.ports.ledger import Key, Row, Shelf, file_key, folder_key, name_keys

R = TypeVar("R")
N = TypeVar("N", Folder, File, Folder | File)


class RowsMissing(Exception):
    """These rows must be read before the rule can say anything."""

    def __init__(self, keys: frozenset[Key]) -> None:
        super().__init__(f"{len(keys)} rows missing")
        self.keys = keys


class KnownRows(Protocol):
    """Rows as of the tree's seq; None is knowledge too: there is no such row."""

    def __contains__(self, key: Key, /) -> bool: ...

    def __getitem__(self, key: Key, /) -> Row | None: ...


class Tree:
    """Reads look through the overlay; writes go into it. A branch is thrown away, or merged whole."""

    __slots__ = (
        "_below",
        "_derived",
        "_known",
        "_root",
        "actors",
        "changed",
        "drive",
        "head",
        "now_ms",
        "takings",
    )

    def __init__(self, drive: Drive, known: KnownRows, *, now_ms: int, below: "Tree | None" = None) -> None:
        self.head: Drive = below.head if below else drive
        self.drive = drive
        self.now_ms = now_ms
        self.changed: dict[Key, Row | None] = {}
        self.actors: dict[NodeId, Actor] = {}
        self.takings: dict[Key, int] = {}
        self._known = known
        self._below = below
        self._root: Folder = below._root if below else drive.root  # noqa: SLF001  # its own class
        self._derived: dict[Key, Row] = below._derived if below else {}  # noqa: SLF001  # its own class

    @property
    def seq(self) -> int:
        """The seq that every change on this tree gets."""
        return self.head.seq + 1

    def branch(self) -> "Tree":
        return Tree(self.drive, self._known, now_ms=self.now_ms, below=self)

    def merge(self, branch: "Tree") -> None:
        self.drive = branch.drive
        self.changed.update(branch.changed)
        self.actors.update(branch.actors)
        for key, count in branch.takings.items():
            self.takings[key] = self.takings.get(key, 0) + count

    def need(self, *keys: Key) -> None:
        """Says early what will be read, so that it is read at once. Raises RowsMissing."""
        missing = frozenset(key for key in keys if not self._knows(key))
        if missing:
            raise RowsMissing(missing)

    def row(self, key: Key, sort: type[R]) -> R | None:
        """The row, None if there is none. Raises RowsMissing."""
        layer: Tree | None = self  # asked a dozen times for each command: no generator
        while layer is not None:
            if key in layer.changed:
                row = layer.changed[key]
                break
            layer = layer._below  # noqa: SLF001  # its own class
        else:
            if key not in self._known and not self._knows(key):
                raise RowsMissing(frozenset((key,)))
            row = self._known[key]
        assert row is None or isinstance(row, sort)
        return row

    def folder(self, node_id: NodeId) -> Folder | None:
        if node_id == root_of(self.drive.id):
            return self._root
        return self.row(folder_key(node_id), Folder)

    def file(self, node_id: NodeId) -> File | None:
        return self.row(file_key(node_id), File)

    def node(self, node_id: NodeId) -> Node | None:
        """Reads both tables at once, unless it is known to be a folder."""
        self.need(*self.node_keys(node_id))
        return self.folder(node_id) or self.file(node_id)

    def node_keys(self, node_id: NodeId) -> tuple[Key, ...]:
        """Where the node may stand, as far as is not known."""
        return () if self._knows(folder_key(node_id)) else (folder_key(node_id), file_key(node_id))

    def occupant(self, folder_id: NodeId, name: str) -> Node | None:
        """Who has that name in the folder, in whatever case. Raises RowsMissing for both places at once."""
        as_folder, as_file = name_keys(folder_id, name)
        # A name stands once: where a folder is known to have it, no file needs to be looked for.
        if not self._knows(as_folder):
            self.need(as_folder, as_file)
        return self.row(as_folder, Folder) or self.row(as_file, File)

    def put(self, key: Key, row: Row) -> None:
        self.changed[key] = row

    def drop(self, key: Key) -> None:
        self.changed[key] = None

    def create(self, key: Key, row: Row) -> None:
        """Puts a row whose id is fresh without reading first: the write itself demands that it is absent.

        Raises CommandIdReused if it is known to be there: an old command made it, whose record has expired.
        """
        if self.stands(key):
            raise CommandIdReused("This command id was used before.")
        self.changed[key] = row

    def take(self, key: Key) -> None:
        """One reference more on a blob that nobody has read: the write itself demands that it is live."""
        self.takings[key] = self.takings.get(key, 0) + 1

    def now(self, node: N) -> N:
        """A node that was found, as it is after all that was done since."""
        row = self.row(own_key(node), type(node))
        assert row is not None
        return row

    def stands(self, key: Key) -> bool:
        """It is known to be there. What nobody read is taken to be absent: the write itself tells."""
        return self._knows(key) and self.row(key, object) is not None

    def fell(self, key: Key) -> bool:
        """It is known to be gone. What nobody read is taken to be there: the write itself tells."""
        return self._knows(key) and self.row(key, object) is None

    def set_node(self, node: Node, actor: Actor) -> None:
        """The node's own row."""
        self.changed[own_key(node)] = node
        self.actors[node.id] = actor

    def set_entry(self, node: Node) -> None:
        """The node's name in its folder."""
        self.changed[_entry_of(node)] = node

    def drop_entry(self, node: Node) -> None:
        """A living node has its entry: no need to read it."""
        key = _entry_of(node)
        self.derive(key, node)
        self.changed[key] = None

    def derive(self, key: Key, row: Row) -> None:
        """What stands there at the head is proven by another row that was read."""
        if not self._knows(key):
            self._derived[key] = row

    def changed_nodes(self) -> Iterator[Node]:
        for key, row in self.changed.items():
            if key.shelf in (Shelf.FOLDER, Shelf.FILE) and isinstance(row, Folder | File):
                yield row

    def expect(self, key: Key, row: Row) -> None:
        """Takes a row as it was read ahead of the head, if nothing better is known. Only for rows whose writing
        demands that they are as they were read, and only by whoever then writes them.

        Raises RowsMissing if a reference was taken on it without reading it: two effects on one row need to know it.
        """
        if not self._knows(key):
            if any(key in layer.takings for layer in self._lineage()):
                raise RowsMissing(frozenset((key,)))
            self._derived[key] = row
            self.changed[key] = row

    def before(self, key: Key) -> Row | None:
        """What the row was at the head; None, too, for a fresh id that nobody read."""
        return self._known[key] if key in self._known else self._derived.get(key)

    def _lineage(self) -> "Iterator[Tree]":
        layer: Tree | None = self
        while layer is not None:
            yield layer
            layer = layer._below  # noqa: SLF001  # its own class

    def _knows(self, key: Key) -> bool:
        if key.shelf is Shelf.FOLDER and key.partition == self.drive.id:
            return True
        layer: Tree | None = self  # asked a dozen times for each command: no generator
        while layer is not None:
            if key in layer.changed:
                return True
            layer = layer._below  # noqa: SLF001  # its own class
        return key in self._known


def own_key(node: Node) -> Key:
    return folder_key(node.id) if isinstance(node, Folder) else file_key(node.id)


def _entry_of(node: Node) -> Key:
    assert node.parent_id is not None
    return Key(Shelf.ENTRY, node.parent_id, node.entry_key)
