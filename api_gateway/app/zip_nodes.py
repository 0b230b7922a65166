"""A download of whole trees: walked, signed and fetched while the client takes it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import ListedFile, ListedNode
from api_gateway.domain.zip_archives import Member, ZipArchive, archive_bytes
from api_gateway.domain.zip_names import UniqueNames, zip_name
from api_gateway.ports.downloads import Downloads
from api_gateway.ports.nodes import Nodes
from api_gateway.ports.storage import Storage
from chassis.errors import DomainError, Kind, Unavailable

_PIECE_BYTES = 64 * 1024
_ROOT_NAME = "Stowage"


class Zip(NamedTuple):
    """`length` in bytes, None for a tree that is too large to be walked before the first byte. `chunks` raises
    Unavailable if anything fails, and then the archive has no end."""

    name: str
    length: int | None
    chunks: AsyncGenerator[bytes, None]


class _Found(NamedTuple):
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


@dataclass(frozen=True, slots=True)
class ZipNodes:
    """Holds one page of each folder on the way down, one chunk, and the archive's directory.

    planned_members, planned_pages: a tree that ends within them is walked before the first byte; then the length is
    known, and what the tree was by then is what the archive holds. Of a larger one, what was deleted before its turn
    is left out. page: entries that are asked for at once.
    """

    nodes: Nodes
    downloads: Downloads
    storage: Storage
    planned_members: int = 1024
    planned_pages: int = 32
    page: int = 200

    async def __call__(self, caller: Caller, node_ids: Sequence[str]) -> Zip:
        """Each id once. Raises ZipTooLarge, Unavailable, and RemoteError for a node that the caller may not see."""
        asked = [
            (await self.nodes.get(caller, each, with_ancestors=False)).answer.node
            for each in dict.fromkeys(node_ids)
        ]
        tops = [*{each.id: each for each in asked}.values()]  # the root has two names
        walk = _Walk(self.nodes, caller, tops, self.page)
        planned = await walk.members(self.planned_members, self.planned_pages)
        length = archive_bytes(each.member for each in planned) if walk.is_over else None
        chunks = self._chunks(caller, planned, walk, strict=walk.is_over)
        return Zip(zip_name([each.name or _ROOT_NAME for each in tops]), length, _joined(chunks))

    async def _chunks(
        self, caller: Caller, planned: list[_Found], walk: "_Walk", *, strict: bool
    ) -> AsyncGenerator[bytes, None]:
        archive = ZipArchive()
        try:
            while planned:
                for found in planned:
                    async with aclosing(self._member(caller, archive, found, strict=strict)) as pieces:
                        async for piece in pieces:
                            yield piece
                planned = await walk.members(self.page, 1)
        except DomainError as error:
            raise Unavailable("A part of the archive could not be had.") from error
        yield archive.directory()

    async def _member(
        self, caller: Caller, archive: ZipArchive, found: _Found, *, strict: bool
    ) -> AsyncGenerator[bytes, None]:
        member = found.member
        if not member.size_bytes:
            yield archive.begin(member) + archive.end()
            return
        version = cast("ListedFile", found.node).version
        try:
            # Of the version that was listed: what replaces it meanwhile has another length.
            download = await self.downloads.sign_download(caller, found.node.id, "internal", version=version)
        except DomainError as error:
            if strict or error.kind is not Kind.NOT_FOUND:
                raise
            return
        yield archive.begin(member)
        async with self.storage.fetch(download.url, None) as content:
            async for chunk in content.chunks:
                archive.count(chunk)
                yield chunk
        yield archive.end()


class _Walk:
    """Folders before what is in them, from page to page."""

    def __init__(self, nodes: Nodes, caller: Caller, tops: Sequence[ListedNode], page: int) -> None:
        self._nodes = nodes
        self._caller = caller
        self._page = page
        self._levels = [_Level("", [*reversed(tops)])]

    @property
    def is_over(self) -> bool:
        return not self._levels

    async def members(self, most: int, most_pages: int) -> list[_Found]:
        """The next ones: at least one unless it is over, else as many as come within the bounds."""
        found: list[_Found] = []
        pages = 0
        while self._levels and len(found) < most and (pages < most_pages or not found):
            level = self._levels[-1]
            if level.waiting:
                found.append(self._enter(level, level.waiting.pop()))
            elif level.cursor is not None:
                await self._turn(level)
                pages += 1
            else:
                self._levels.pop()
        return found

    def _enter(self, level: _Level, node: ListedNode) -> _Found:
        path = level.path + level.names.take(node.name or _ROOT_NAME)
        if node.kind == "file":
            return _Found(Member(path, cast("ListedFile", node).size, node.updated_at), node)
        self._levels.append(_Level(f"{path}/", [], node.id, ""))
        return _Found(Member(f"{path}/", 0, node.updated_at), node)

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


async def _joined(pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """The first as it comes, the others in chunks: a small member is several pieces, and each costs a write."""
    async with aclosing(pieces):
        yield await anext(pieces)
        held = bytearray()
        async for piece in pieces:
            held += piece
            if len(held) >= _PIECE_BYTES:
                yield bytes(held)
                held.clear()
        if held:
            yield bytes(held)
