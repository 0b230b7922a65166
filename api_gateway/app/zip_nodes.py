"""A download of whole trees: walked, signed and fetched while the client takes it."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from api_gateway.app.long_access import LongAccess
from api_gateway.app.zip_members import Prepared, ZipMembers
from api_gateway.app.zip_walk import ROOT_NAME, Found, Walk
from api_gateway.domain.identity import Caller
from api_gateway.domain.uploads import Download
from api_gateway.domain.zip_archives import ZipArchive, archive_bytes
from api_gateway.domain.zip_names import zip_name
from api_gateway.ports.downloads import Downloads
from api_gateway.ports.nodes import Nodes
from api_gateway.ports.sessions import Sessions
from api_gateway.ports.storage import Storage
from api_gateway.ports.tokens import Tokens
from chassis.errors import DomainError, Kind, Unavailable

_PIECE_BYTES = 64 * 1024


class Zip(NamedTuple):
    """`length` in bytes, None for a tree that is too large to be walked before the first byte. `chunks` raises
    Unavailable if anything fails, and then the archive has no end."""

    name: str
    length: int | None
    chunks: AsyncGenerator[bytes, None]


@dataclass(frozen=True, slots=True)
class ZipNodes:
    """Holds one page of each folder on the way down, small members that are next, one chunk, and the directory.

    An archive may take longer than an access token lives: it goes on while the session does, and for each member
    rights are asked for anew shortly before its turn.

    planned_members, planned_pages: a tree that ends within them is walked before the first byte; then the length is
    known, and what the tree was by then is what the archive holds. Of a larger one, what was deleted before its turn
    is left out. page: entries that are asked for at once.
    """

    nodes: Nodes
    downloads: Downloads
    storage: Storage
    sessions: Sessions
    tokens: Tokens
    now: Callable[[], datetime]
    planned_members: int = 1024
    planned_pages: int = 32
    page: int = 200

    async def __call__(self, caller: Caller, node_ids: Sequence[str]) -> Zip:
        """Each id once. Raises ZipTooLarge, Unavailable, and RemoteError for a node that the caller may not see."""
        access = LongAccess(self.sessions, self.tokens, self.now, caller.until)
        asked = [
            (await self.nodes.get(caller, each, with_ancestors=False)).answer.node
            for each in dict.fromkeys(node_ids)
        ]
        tops = [*{each.id: each for each in asked}.values()]  # the root has two names
        walk = Walk(self.nodes, caller, tops, self.page)
        await walk.plan(self.planned_members, self.planned_pages)
        length = archive_bytes(each.member for each in walk.planned) if walk.is_over else None
        members = ZipMembers(self.downloads, self.storage, caller, access, self.now)
        chunks = _archive(members, walk, strict=walk.is_over)
        return Zip(zip_name([each.name or ROOT_NAME for each in tops]), length, _joined(chunks))


async def _archive(members: ZipMembers, walk: Walk, *, strict: bool) -> AsyncGenerator[bytes, None]:
    archive = ZipArchive()
    try:
        async with aclosing(members(walk)) as prepared_ones:
            async for found, prepared in prepared_ones:
                async with aclosing(_member(members, archive, found, prepared, strict=strict)) as pieces:
                    async for piece in pieces:
                        yield piece
                        await members.access.keep()
    except DomainError as error:
        raise Unavailable("A part of the archive could not be had.") from error
    yield archive.directory()


async def _member(
    members: ZipMembers, archive: ZipArchive, found: Found, prepared: Prepared, *, strict: bool
) -> AsyncGenerator[bytes, None]:
    if isinstance(prepared, Download):
        prepared = await members.fresh(found, prepared)
    if isinstance(prepared, DomainError):
        if strict or prepared.kind is not Kind.NOT_FOUND:
            raise prepared
        return
    yield archive.begin(found.member)
    if isinstance(prepared, Download):
        async with members.storage.fetch(prepared.url, None) as content:
            async for chunk in content.chunks:
                archive.count(chunk)
                yield chunk
    elif prepared:
        archive.count(prepared)
        yield prepared
    yield archive.end()


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
