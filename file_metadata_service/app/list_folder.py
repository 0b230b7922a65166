"""Pages of a folder, and of the trash."""

from dataclasses import dataclass
from hashlib import sha256

from chassis.errors import InvalidArgument
from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.find_place import FindPlace
from file_metadata_service.app.heads import Heads
from file_metadata_service.app.kept_answers import KeptAnswers, Read
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living_folder, real_id
from file_metadata_service.domain.ids import Actor, NodeId, Position, Seen, own_drive
from file_metadata_service.domain.rights import Right
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.answer_cache import Placed
from file_metadata_service.ports.listings import Order, PackedListing, PackedPage, SortField, TrashListing

DEFAULT_LIMIT = 200
MAX_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class FolderPage:
    """`nodes` are packed, all of `folder_id`. `next_cursor` is empty at the end. `position`: the nodes are as of
    it, or newer.
    """

    folder_id: NodeId
    nodes: bytes
    next_cursor: str
    position: Position


@dataclass(frozen=True, slots=True)
class TrashPage:
    items: tuple[TrashItem, ...]
    next_cursor: str
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFolder:
    find: FindPlace
    listing: PackedListing
    pages: KeptAnswers[PackedPage]
    cursors: Cursors

    async def __call__(
        self, actor: Actor, folder_id: str, *, order: Order, limit: int, cursor: str, seen: Seen = ()
    ) -> FolderPage:
        """`limit` 0 means 200. Raises NodeNotFound, NotAFolder, CursorInvalid, CursorReset, InvalidArgument."""
        limit = check_limit(limit)

        def question(tree: Tree) -> Placed:
            *above, folder = living_folder(tree, real_id(tree, folder_id), actor, Right.READ)
            return Placed(folder, tuple(above))

        placed, head = await self.find(actor, f"folder {folder_id}", question, seen)
        found = placed.node.id
        name = f"{head.journal_id} {found} {order.field} {order.descending}"
        start = self.cursors.take(name, cursor)

        async def read() -> Read[PackedPage]:
            return Read(await self.listing.page(found, order, limit=limit, start=start), head, found)

        if order.field is SortField.NAME:
            key = f"{found} {limit} {order.descending} {sha256((start or '').encode()).hexdigest()}"
            page, _ = await self.pages.get(head, key, read, at_once=start is None)
        else:
            page = (await read()).answer  # what an index says may lag already
        return FolderPage(found, page.nodes, self.cursors.give(name, page.next_start), head.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTrash:
    heads: Heads
    listing: TrashListing
    cursors: Cursors

    async def __call__(self, actor: Actor, *, limit: int, cursor: str, seen: Seen = ()) -> TrashPage:
        """`limit` 0 means 200. Raises CursorInvalid, CursorReset, InvalidArgument, Unavailable."""
        limit = check_limit(limit)
        head = await self.heads.read(own_drive(actor.account_id), seen)
        name = f"{head.journal_id} trash"
        start = self.cursors.take(name, cursor)
        page = await self.listing.page(head.id, limit=limit, start=start)
        return TrashPage(page.items, self.cursors.give(name, page.next_start), head.position)


def check_limit(limit: int) -> int:
    """0 means 200. Raises InvalidArgument unless it is 1 to 1,000."""
    if not 0 <= limit <= MAX_LIMIT:
        raise InvalidArgument(f"A page has 1 to {MAX_LIMIT} items.")
    return limit or DEFAULT_LIMIT
