"""Search by name, and the last changed files, within what the caller may see."""

from dataclasses import dataclass, replace

from chassis.errors import InvalidArgument
from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.get_node import Found
from file_metadata_service.app.index_keeper import IndexKeeper
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living_folder, real_id
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import Actor, NodeId, Position, own_drive
from file_metadata_service.domain.names import NodeKind
from file_metadata_service.domain.rights import Right, demand
from file_metadata_service.domain.search import Filters, Question, query_of

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
# What JSON, SQL and every client can hold.
MAX_NUMBER = 2**53 - 1


@dataclass(frozen=True, slots=True)
class FoundPage:
    """True at `position`, which may lie behind the head. Not `complete`: something may be missing that was there
    when it was asked for. `next_cursor` is empty at the end; a page may have few items, or none, before that.
    """

    items: tuple[Found, ...]
    next_cursor: str
    position: Position
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchNames:
    reader: Reader
    keeper: IndexKeeper
    cursors: Cursors

    async def __call__(
        self, actor: Actor, text: str, filters: Filters, *, folder_id: str, limit: int, cursor: str
    ) -> FoundPage:
        """An empty `text` finds everything that passes the filters, the last changed first; an empty `folder_id`
        means everywhere; `limit` 0 means 50. Raises InvalidArgument, NodeNotFound, NotAFolder, CursorInvalid,
        Unavailable.
        """
        started = self.keeper.clock.monotonic_seconds()
        query = query_of(text)
        _check(filters)
        limit = _check_limit(limit)

        def place(tree: Tree) -> NodeId | None:
            demand(actor, tree.drive.id, Right.READ)
            if not folder_id:
                return None
            return living_folder(tree, real_id(tree, folder_id), actor, Right.READ)[-1].id

        below, head = await self.reader.ask(own_drive(actor.account_id), place)
        question = Question(query, replace(filters, below=below))
        page = await self._page(head, question, limit, cursor)
        self.keeper.watch.answered(self.keeper.clock.monotonic_seconds() - started, complete=page.complete)
        return page

    async def recent(self, actor: Actor, *, limit: int, cursor: str) -> FoundPage:
        """The files whose content changed last. Raises as a search."""
        return await self(actor, "", Filters(kind=NodeKind.FILE), folder_id="", limit=limit, cursor=cursor)

    async def _page(self, head: Drive, question: Question, limit: int, cursor: str) -> FoundPage:
        name = f"{head.journal_id} search {head.id} {question!r}"
        start = self.cursors.take(name, cursor)
        mark = await self.keeper.fresh(head)
        if mark is None:
            return FoundPage((), "", replace(head.position, seq=0), complete=False)
        page = await self.keeper.index.page(head.id, question, limit=limit, start=start)
        position = Position(head.id, mark.journal_id, mark.seq)
        return FoundPage(
            tuple(Found(hit.node, (head.root, *hit.ancestors), position) for hit in page.items),
            self.cursors.give(name, page.next_start),
            position,
            complete=mark.complete and mark.seq >= head.seq,
        )


def _check(filters: Filters) -> None:
    for name, least, most in (
        ("size", filters.min_size_bytes, filters.max_size_bytes),
        ("time", filters.after_ms, filters.before_ms),
    ):
        if any(bound is not None and not 0 <= bound <= MAX_NUMBER for bound in (least, most)):
            raise InvalidArgument(f"A bound of {name} is out of range.")


def _check_limit(limit: int) -> int:
    if not 0 <= limit <= MAX_LIMIT:
        raise InvalidArgument(f"A page has 1 to {MAX_LIMIT} items.")
    return limit or DEFAULT_LIMIT
