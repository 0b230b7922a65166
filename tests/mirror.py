"""A client that mirrors a drive by its journal, exactly by the rules of the design ("Mirroring a drive").

mirror = Mirror(ServiceSource(service))     # or RestSource(client): tests/e2e/rest_source.py
await mirror.sync()                         # as far as the journal goes now
assert mirror.tree() == await walked(source)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from api_gateway.adapters.rpc.packed_nodes import ListedFolder
from chassis.errors import Unavailable
from file_metadata_service.app.list_changes import ChangePage
from file_metadata_service.domain.errors import CursorReset, NodeNotFound
from file_metadata_service.domain.ids import Actor
from file_metadata_service.domain.nodes import Folder, Node
from tests.fakes.metadata_packing import Listed
from tests.fakes.metadata_service import ANN, Service

ROOT = "root"


class Mirrored(NamedTuple):
    """A node as a client sees it; its children know their parent, whose id is "root" at the top."""

    id: str
    parent: str
    name: str
    is_folder: bool
    revision: int
    seq: int


class Happened(NamedTuple):
    """One change: the node as it is then, None in place of a parent that it has no more."""

    node_id: str
    seq: int
    placed: Mirrored | None


class Page(NamedTuple):
    """Each tuple of changes is one entry of the journal."""

    entries: Sequence[tuple[int, Sequence[Happened]]]
    next_cursor: str
    more: bool


class StartOver(Exception):
    """`cursor_reset`."""


class NotThere(Exception):
    """A listing that answers NOT_FOUND."""


class Source(Protocol):
    async def changes(self, cursor: str) -> Page:
        """Behind the cursor; without one: from now. Raises StartOver."""
        ...

    async def children(self, folder_id: str) -> Sequence[Mirrored]:
        """All of them. Raises NotThere."""
        ...


@dataclass(slots=True)
class Mirror:
    """`began`: how often it had to list everything; `seq`: of the last entry that it has seen."""

    source: Source
    began: int = 0
    seq: int | None = None
    _cursor: str = ""
    _nodes: dict[str, Mirrored] = field(default_factory=dict)

    def tree(self) -> Mapping[str, Mirrored]:
        """By id, without the root."""
        return dict(self._nodes)

    async def sync(self) -> None:
        """Follows until nothing is left to be seen. Checks on the way that no entry is missing or comes twice."""
        more = True
        while more:
            try:
                more = await self.step()
            except StartOver:
                self._cursor = ""

    async def step(self) -> bool:
        """One page; whether there is more. Raises StartOver."""
        if not self._cursor:
            await self._begin()
        page = await self.source.changes(self._cursor)
        await self.apply(page)
        return page.more

    async def apply(self, page: Page) -> None:
        """What somebody else has read or heard, behind this mirror's place."""
        for seq, changes in page.entries:
            assert self.seq is None or seq == self.seq + 1, f"{seq} follows {self.seq}"
            self.seq = seq
            for change in changes:
                assert change.seq == seq
                await self._see(change)
        self._cursor = page.next_cursor

    async def _begin(self) -> None:
        self.began += 1
        self._nodes.clear()
        self.seq = None
        self._cursor = (await self.source.changes("")).next_cursor
        await self._list(ROOT)

    async def _see(self, change: Happened) -> None:
        held = self._nodes.get(change.node_id)
        if held is not None and held.seq >= change.seq:
            return
        if change.placed is None or not self._holds(change.placed.parent):
            self._drop(change.node_id)
        elif change.placed.is_folder and held is None:
            await self._adopt(change.placed)
        else:
            self._nodes[change.node_id] = change.placed

    async def _adopt(self, folder: Mirrored) -> None:
        """As it is by now; what has happened to it meanwhile is still to come, and older than what is held."""
        self._nodes[folder.id] = folder
        try:
            await self._list(folder.id)
        except NotThere:
            self._drop(folder.id)

    async def _list(self, folder_id: str) -> None:
        """Folders that are held, too: what was not there when it was asked for may be again, and the change that would
        have said so may be one that this listing is ahead of."""
        for child in await self.source.children(folder_id):
            held = self._nodes.get(child.id)
            if held is not None and held.seq > child.seq:
                continue
            if child.is_folder:
                await self._adopt(child)
            else:
                self._nodes[child.id] = child

    def _holds(self, folder_id: str) -> bool:
        return folder_id == ROOT or folder_id in self._nodes

    def _drop(self, node_id: str) -> None:
        gone = [node_id]
        while gone:
            dropped = gone.pop()
            self._nodes.pop(dropped, None)
            gone += [node.id for node in self._nodes.values() if node.parent == dropped]


async def walked(source: Source) -> Mapping[str, Mirrored]:
    """The whole tree as listings show it; only of a drive that rests."""
    found: dict[str, Mirrored] = {}
    folders = [ROOT]
    while folders:
        for child in await source.children(folders.pop()):
            found[child.id] = child
            if child.is_folder:
                folders.append(child.id)
    return found


@dataclass(frozen=True, slots=True)
class ServiceSource:
    """The use cases of one instance, in pages as small as a test wants."""

    service: Service
    actor: Actor = ANN
    limit: int = 3

    async def changes(self, cursor: str) -> Page:
        try:
            page = await self.service.use.list_changes(self.actor, cursor=cursor, limit=self.limit)
        except CursorReset as error:
            raise StartOver from error
        return _page(page)

    async def children(self, folder_id: str) -> Sequence[Mirrored]:
        nodes, cursor = list[Mirrored](), ""
        while True:
            try:
                page = await self.service.page(folder_id, limit=self.limit, cursor=cursor, by=self.actor)
            except NodeNotFound as error:
                raise NotThere from error
            except Unavailable:
                continue  # the drive changes too fast to be read just now, says the service; a client asks again
            nodes += map(mirrored, page.items)
            if not page.next_cursor:
                return nodes
            cursor = page.next_cursor


def mirrored(node: Node | Listed) -> Mirrored:
    """As the journal, or as a listing shows it."""
    parent = ROOT if node.parent_id == node.drive_id else str(node.parent_id)
    is_folder = isinstance(node, Folder | ListedFolder)
    return Mirrored(node.id, parent, node.name, is_folder, node.revision, node.seq)


def _page(page: ChangePage) -> Page:
    entries = [
        (
            entry.seq,
            [
                Happened(
                    change.node.id,
                    change.node.seq,
                    None if change.node.trashed_at_ms is not None else mirrored(change.node),
                )
                for change in entry.changes
            ],
        )
        for entry, _ in page.entries
    ]
    return Page(entries, page.next_cursor, page.more)
