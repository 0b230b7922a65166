"""The members of an archive before their turn: signed many at once, and fetched if they are small."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, cast

from api_gateway.app.long_access import LongAccess
from api_gateway.app.zip_walk import Found, Walk
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import ListedFile
from api_gateway.domain.uploads import Download
from api_gateway.ports.downloads import Downloads, Wanted
from api_gateway.ports.storage import Storage
from chassis.errors import DomainError

# An archive holds the batch that goes out, the one that waits behind it and the one that is being made ready.
_BATCHES_AHEAD = 2
_MOST_IN_BATCH = 32
_BYTES_IN_BATCH = 2 * 2**20
_FETCHED_AT_ONCE = 8
# So long a URL must still be good for when a fetch begins.
_AT_LEAST = timedelta(seconds=30)

# A small one's bytes, where a large one's are, or why there is nothing; None: there is nothing to be had of it.
Prepared: TypeAlias = bytes | Download | DomainError | None


@dataclass(frozen=True, slots=True)
class ZipMembers:
    """Gives each member of a walk, in order, with what was prepared of it. Of small ones at most 6 MiB are held."""

    downloads: Downloads
    storage: Storage
    caller: Caller
    access: LongAccess
    now: Callable[[], datetime]

    async def __call__(self, walk: Walk) -> AsyncGenerator[tuple[Found, Prepared], None]:
        """Raises what the walk raises."""
        preparing: deque[asyncio.Task[list[tuple[Found, Prepared]]]] = deque()
        size = 1  # nobody waits for a hundred before the first byte
        try:
            while True:
                while len(preparing) < _BATCHES_AHEAD:
                    await self.access.keep()
                    if not (batch := await walk.take(size, _BYTES_IN_BATCH)):
                        break
                    preparing.append(asyncio.create_task(self._prepare(batch)))
                    size = min(_MOST_IN_BATCH, size * 4)
                if not preparing:
                    return
                for found, prepared in await preparing.popleft():
                    yield found, prepared
        finally:
            for task in preparing:
                task.cancel()
            await asyncio.gather(*preparing, return_exceptions=True)

    async def sign(self, files: Sequence[Found]) -> Sequence[Download | DomainError]:
        """Of the versions that were listed: what replaces them meanwhile has another length."""
        wanted: list[Wanted] = [(each.node.id, cast("ListedFile", each.node).version) for each in files]
        try:
            return await self.downloads.sign_downloads(self.caller, wanted, "internal") if wanted else []
        except DomainError as error:
            return [error] * len(wanted)

    async def fresh(self, found: Found, download: Download) -> Download | DomainError:
        """Signed anew if its turn came late."""
        if self.now() + _AT_LEAST < download.expires_at:
            return download
        [again] = await self.sign([found])
        return again

    async def _prepare(self, batch: Sequence[Found]) -> list[tuple[Found, Prepared]]:
        files = [each for each in batch if each.member.size_bytes]
        signed = dict(zip(map(id, files), await self.sign(files), strict=True))
        turns = asyncio.Semaphore(_FETCHED_AT_ONCE)

        async def prepared(found: Found) -> Prepared:
            download = signed.get(id(found))
            # A larger one is alone in its batch, and streamed.
            if not isinstance(download, Download) or found.member.size_bytes > _BYTES_IN_BATCH:
                return download
            async with turns:
                try:
                    return await self._bytes_of(download)
                except DomainError as error:
                    return error

        return list(zip(batch, await asyncio.gather(*map(prepared, batch)), strict=True))

    async def _bytes_of(self, download: Download) -> bytes:
        async with self.storage.fetch(download.url, None) as content:
            held = bytearray()
            async for chunk in content.chunks:
                held += chunk
                if len(held) > download.size:
                    break  # the archive refuses it
            return bytes(held)
