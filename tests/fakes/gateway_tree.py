"""Drives and nodes as the metadata service keeps them, as far as the gateway sees it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NoReturn

from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import (
    Ancestor,
    At,
    Conflict,
    Drive,
    File,
    Folder,
    Node,
    NodePage,
    PlacedNode,
    Sort,
    TrashItem,
    TrashPage,
)
from chassis.errors import Kind, RemoteError
from tests.fakes.gateway_people import NOW


@dataclass(frozen=True, slots=True)
class NewFile:
    """What a commit brings."""

    parent_id: str
    name: str
    size: int
    content_type: str
    content_hash: str


class InMemoryTree:
    """Implements Nodes and Trash."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.trashed: dict[str, TrashItem] = {}
        self.commands: dict[tuple[str, str], tuple[Any, Any]] = {}
        self.command_ids: list[str] = []
        self.seq = 0
        # Each mutation: whose drive, its seq, the node, whether it is gone.
        self.journal: list[tuple[str, int, Node, bool]] = []
        # Of each file, what it was: with when that was replaced, by number.
        self.past: dict[str, dict[int, File]] = {}
        # Called with the drive and its place after each mutation.
        self.woken: Callable[[str, str], None] = lambda _drive, _place: None

    # -- Nodes

    async def drive(self, caller: Caller) -> At[Drive]:
        root = self._root(caller)
        sizes = [node.size for node in self._of(caller) if isinstance(node, File)]
        past = sum(file.size for it in self._of(caller) for file in self.past.get(it.id, {}).values())
        return self.at(caller, Drive(root.id, root.id, sum(sizes) + past, len(sizes), None, past, None))

    async def get(self, caller: Caller, node_id: str, *, with_ancestors: bool) -> At[PlacedNode]:
        node = self.node(caller, node_id)
        return self.at(caller, PlacedNode(node, self.way_to(node) if with_ancestors else None))

    async def resolve(self, caller: Caller, segments: tuple[str, ...]) -> At[PlacedNode]:
        node: Node = self._root(caller)
        for name in segments:
            node = self._child(caller, node.id, name) or self._none()
        return self.at(caller, PlacedNode(node, self.way_to(node)))

    async def list_folder(
        self, caller: Caller, folder_id: str, *, limit: int, cursor: str, sort: Sort, descending: bool
    ) -> At[NodePage]:
        folder = self.folder(caller, folder_id)
        items = [node for node in self._of(caller) if node.parent_id == folder.id]
        items.sort(key=lambda node: (node.kind != "folder", node.name), reverse=descending)
        start = _start(cursor, f"{folder.id}-{sort}-{descending}")
        more = len(items) > start + limit
        page = NodePage(
            tuple(items[start : start + limit]),
            f"{folder.id}-{sort}-{descending}-{start + limit}" if more else None,
        )
        return self.at(caller, page)

    async def create_folder(
        self, caller: Caller, *, command_id: str, parent_id: str, name: str, conflict: Conflict
    ) -> At[Node]:
        self.command_ids.append(command_id)
        key, request = (caller.account_id, command_id), (parent_id, name, conflict)
        if key in self.commands:
            first, result = self.commands[key]
            if first != request:
                raise RemoteError(Kind.CONFLICT, "command_id_reused", "The key came with another request.")
            return self.at(caller, result)
        parent = self.folder(caller, parent_id)
        free = self._free_name(caller, parent.id, name, conflict)
        made = Folder(uuid.uuid4().hex, caller.account_id, parent.id, free, 1, self._next(), NOW, NOW)
        self._set(made)
        self.commands[key] = (request, made)
        return self.at(caller, made)

    async def update(
        self,
        caller: Caller,
        node_id: str,
        *,
        command_id: str,
        name: str | None,
        parent_id: str | None,
        conflict: Conflict,
        if_revision: int | None,
    ) -> At[Node]:
        self.command_ids.append(command_id)
        node = self._changeable(caller, node_id, if_revision)
        parent = self.folder(caller, parent_id) if parent_id else self.folder(caller, node.parent_id or "")
        if node.id in (parent.id, *(each.id for each in self.way_to(parent))):
            raise RemoteError(Kind.CONFLICT, "would_make_cycle", "A folder cannot lie below itself.")
        free = self._free_name(caller, parent.id, name or node.name, conflict, node.id)
        moved = replace(node, parent_id=parent.id, name=free, seq=self._next())
        self._set(moved)
        return self.at(caller, moved)

    def put_copy(
        self, caller: Caller, node: Node, parent_id: str, name: str | None, conflict: Conflict
    ) -> Node:
        """Of a folder, the folder alone."""
        parent = self.folder(caller, parent_id)
        free = self._free_name(caller, parent.id, name or node.name, conflict)
        made = replace(
            node, id=uuid.uuid4().hex, parent_id=parent.id, name=free, revision=1, seq=self._next()
        )
        self._set(made)
        return made

    # -- Trash

    async def put(
        self, caller: Caller, node_id: str, *, command_id: str, if_revision: int | None
    ) -> At[TrashItem]:
        self.command_ids.append(command_id)
        node = self._changeable(caller, node_id, if_revision)
        path = "/".join(each.name for each in self.way_to(node))
        item = TrashItem(node, f"{path}/{node.name}", NOW, NOW + timedelta(days=30), None, None)
        self.trashed[node.id] = item
        del self.nodes[node.id]
        self._told(node, self._next(), gone=True)
        return self.at(caller, item)

    async def restore(
        self,
        caller: Caller,
        node_id: str,
        *,
        command_id: str,
        parent_id: str | None,
        name: str | None,
        conflict: Conflict,
    ) -> At[Node]:
        self.command_ids.append(command_id)
        item = self.trashed.get(node_id)
        if item is None or item.node.drive_id != caller.account_id:
            self._none()
        parent = self.folder(caller, parent_id or item.node.parent_id or "")
        free = self._free_name(caller, parent.id, name or item.node.name, conflict)
        node = replace(item.node, parent_id=parent.id, name=free, seq=self._next())
        del self.trashed[node_id]
        self._set(node)
        return self.at(caller, node)

    async def list(self, caller: Caller, *, limit: int, cursor: str) -> At[TrashPage]:
        items = [item for item in self.trashed.values() if item.node.drive_id == caller.account_id]
        start = _start(cursor, "trash")
        more = len(items) > start + limit
        page = TrashPage(tuple(items[start : start + limit]), f"trash-{start + limit}" if more else None)
        return self.at(caller, page)

    # -- what uploads do with it

    def put_file(self, caller: Caller, new: NewFile, conflict: Conflict) -> File:
        parent = self.folder(caller, new.parent_id)
        known = self._child(caller, parent.id, new.name)
        if isinstance(known, File) and conflict == "replace":
            self.past.setdefault(known.id, {})[known.version] = known
            file = replace(
                known,
                revision=known.revision + 1,
                version=known.version + 1,
                seq=self._next(),
                size=new.size,
                content_type=new.content_type,
                content_hash=new.content_hash,
            )
        else:
            name = self._free_name(caller, parent.id, new.name, conflict)
            content = (new.size, new.content_type, new.content_hash, "p23", 1)
            node_id, drive_id, seq = uuid.uuid4().hex, caller.account_id, self._next()
            file = File(node_id, drive_id, parent.id, name, 1, seq, NOW, NOW, *content)
        self._set(file)
        return file

    def file(self, caller: Caller, node_id: str) -> File:
        node = self.node(caller, node_id)
        if not isinstance(node, File):
            raise RemoteError(Kind.CONFLICT, "not_a_file", "Only files have content.")
        return node

    def folder(self, caller: Caller, node_id: str) -> Folder:
        node = self.node(caller, node_id)
        if not isinstance(node, Folder):
            raise RemoteError(Kind.CONFLICT, "not_a_folder", "A file stands where a folder must.")
        return node

    def node(self, caller: Caller, node_id: str) -> Node:
        root = self._root(caller)
        node = root if node_id == "root" else self.nodes.get(node_id)
        if node is None or node.drive_id != caller.account_id or not self._lives(node):
            self._none()
        return node

    def living(self, caller: Caller) -> "list[Node]":
        """All but the root."""
        root = self._root(caller)
        return [node for node in self._of(caller) if node.id != root.id and self._lives(node)]

    def at(self, caller: Caller, answer: Any) -> At[Any]:
        """As of now; for who has seen another journal of the same drive, or what is still to come, nothing."""
        for drive_id, journal_id, seq in (place.split(".") for place in caller.seen):
            if drive_id == caller.account_id and (journal_id != "j1" or int(seq) > self.seq):
                raise RemoteError(Kind.CONFLICT, "cursor_reset", "The drive is not what you have seen.")
        return At(answer, f"{caller.account_id}.j1.{self.seq}")

    # -- inside

    def _root(self, caller: Caller) -> Folder:
        root = self.nodes.get(caller.account_id)
        if not isinstance(root, Folder):
            root = Folder(caller.account_id, caller.account_id, None, "", 1, self.seq, NOW, NOW)
            self.nodes[root.id] = root
        return root

    def _of(self, caller: Caller) -> "list[Node]":
        return [node for node in self.nodes.values() if node.drive_id == caller.account_id]

    def _child(self, caller: Caller, parent_id: str, name: str) -> Node | None:
        mine = (node for node in self._of(caller) if node.parent_id == parent_id)
        return next((node for node in mine if node.name.casefold() == name.casefold()), None)

    def _lives(self, node: Node) -> bool:
        parent_id = node.parent_id
        while parent_id in self.nodes:
            parent_id = self.nodes[parent_id].parent_id
        return parent_id is None

    def way_to(self, node: Node) -> tuple[Ancestor, ...]:
        way: list[Ancestor] = []
        parent_id = node.parent_id
        while parent_id is not None:
            parent = self.nodes[parent_id]
            way.insert(0, Ancestor(parent.id, parent.name))
            parent_id = parent.parent_id
        return tuple(way)

    def _changeable(self, caller: Caller, node_id: str, if_revision: int | None) -> Node:
        node = self.node(caller, node_id)
        if node.parent_id is None:
            raise RemoteError(Kind.CONFLICT, "root_is_fixed", "The root stays.")
        if if_revision not in (None, node.revision):
            raise RemoteError(Kind.STALE, "revision_stale", "It has changed since.")
        return node

    def _free_name(
        self, caller: Caller, parent_id: str, name: str, conflict: Conflict, own_id: str = ""
    ) -> str:
        if not name or "/" in name or len(name.encode()) > 255:
            raise RemoteError(Kind.INVALID, "name_invalid", "No node may be called that.")
        other = self._child(caller, parent_id, name)
        if other is None or other.id == own_id:
            return name
        if conflict != "rename":
            raise RemoteError(Kind.CONFLICT, "name_taken", "The folder holds that name already.")
        return f"{name} (2)"

    def _set(self, node: Node) -> None:
        self.nodes[node.id] = node
        self._told(node, node.seq, gone=False)

    def _told(self, node: Node, seq: int, *, gone: bool) -> None:
        self.journal.append((node.drive_id, seq, node, gone))
        self.woken(node.drive_id, f"j1.{seq}")

    def _next(self) -> int:
        self.seq += 1
        return self.seq

    def _none(self) -> NoReturn:
        raise RemoteError(Kind.NOT_FOUND, "node_not_found", "There is no such node.")


def _start(cursor: str, listing: str) -> int:
    if not cursor:
        return 0
    of, _, offset = cursor.rpartition("-")
    if of != listing or not offset.isdecimal():
        raise RemoteError(Kind.INVALID, "cursor_invalid", "This listing never gave that cursor.")
    return int(offset)
