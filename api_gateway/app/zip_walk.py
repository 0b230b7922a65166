"""What an archive holds, in order: folders before what is in them, from page to page."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import ListedFile, ListedNode
from api_gateway.domain.zip_archives import Member
from api_gateway.domain.zip_names import UniqueNames
from api_gateway.ports.nodes import Nodes
from chassis.errors import DomainError, Kind

ROOT_NAME = "Stowage"


class Found(NamedTuple):
    """A member and the node that it is of."""

    member: Member
    node: ListedNode


@dataclass(slots=True)
class _Level:
    """A folder on the way down: what is still to come of it."""

    path: str
    waiting: list[ListedNode]
    folder_id: str = ""
    cursor: str | None = None
    names: UniqueNames = field(default_factory=UniqueNames)


class Walk:
    """`planned` are those that were found before the first byte; `take` gives them first."""

    def __init__(self, nodes: Nodes, caller: Caller, tops: Sequence[ListedNode], page: int) -> None:
        self._nodes = nodes
        self._caller = caller
        self._page = page
        self._levels = [_Level("", [*reversed(tops)])]
        self.planned: deque[Found] = deque()

    @property
    def is_over(self) -> bool:
        """Whether all there is has been found."""
        return not self._levels

    async def plan(self, most: int, most_pages: int) -> None:
        """Finds as many as come within the bounds, at least one unless there is none."""
        pages = 0
        while self._levels and len(self.planned) < most and (pages < most_pages or not self.planned):
            level = self._levels[-1]
            if level.waiting:
                self.planned.append(self._enter(level, level.waiting.pop()))
            elif level.cursor is not None:
                await self._turn(level)
                pages += 1
            else:
                self._levels.pop()

    async def take(self, most: int, most_bytes: int) -> list[Found]:
        """The next ones: at least one unless it is over, and more while their bytes are within the bound."""
        taken: list[Found] = []
        while len(taken) < most:
            if not self.planned:
                await self.plan(self._page, 1)
            if not self.planned:
                break
            most_bytes -= self.planned[0].member.size_bytes
            if taken and most_bytes < 0:
                break
            taken.append(self.planned.popleft())
        return taken

    def _enter(self, level: _Level, node: ListedNode) -> Found:
        path = level.path + level.names.take(node.name or ROOT_NAME)
        if node.kind == "file":
            return Found(Member(path, cast("ListedFile", node).size, node.updated_at), node)
        self._levels.append(_Level(f"{path}/", [], node.id, ""))
        return Found(Member(f"{path}/", 0, node.updated_at), node)

    async def _turn(self, level: _Level) -> None:
        try:
            page = await self._nodes.list_folder(
                self._caller,
                level.folder_id,
                limit=self._page,
                cursor=level.cursor or "",
                sort="name",
                descending=False,
            )
        except DomainError as error:
            if error.kind is not Kind.NOT_FOUND:
                raise
            level.cursor = None  # deleted since its parent was read
            return
        level.waiting = [*reversed(page.answer.items)]
        level.cursor = page.answer.next_cursor
