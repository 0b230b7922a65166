"""One part from storage: continued where it broke, by a fresh URL when the old one ends."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

from stowage_client.api.models import Content
from stowage_client.api.nodes import NodesApi
from stowage_client.backoff import Backoff
from stowage_client.errors import RemoteChanged
from stowage_client.layout import Span
from stowage_client.storage.errors import Refused, StorageError
from stowage_client.storage.port import Storage
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.part_sender import in_words
from stowage_client.transfer.partial import PartialFile

_TRIES = 10  # in a row without a byte; about 40 s


class ContentLink:
    """A file's URL, renewed when it ends, and refused when it leads to another content."""

    def __init__(self, nodes: NodesApi, file_id: str, version: int | None, content: Content) -> None:
        self._nodes = nodes
        self._file_id = file_id
        self._version = version
        self._content = content
        self._one_at_a_time = asyncio.Lock()

    @property
    def url(self) -> str:
        return self._content.url

    async def renew(self, *, rejected: str) -> None:
        """Raises RemoteChanged if the file has another content by now."""
        async with self._one_at_a_time:
            if self._content.url != rejected:  # another part was faster
                return
            content = await self._nodes.content(self._file_id, self._version)
            if content.content_hash != self._content.content_hash:
                raise RemoteChanged(
                    "The file was replaced on the server while it was fetched.", hint="Run the command again."
                )
            self._content = content


class _Arrival:
    """Takes the bytes of one part in order, over as many tries as it needs."""

    def __init__(self, partial: PartialFile, span: Span, meter: Meter) -> None:
        self._partial = partial
        self._meter = meter
        self._sha256 = hashlib.sha256()
        self.offset = span.offset
        self.missing_bytes = span.size_bytes

    def write(self, view: memoryview) -> None:
        self._partial.write(view, self.offset)
        self._sha256.update(view)
        self.offset += len(view)
        self.missing_bytes -= len(view)
        self._meter.advance(self._partial.target, len(view))

    def digest(self) -> bytes:
        return self._sha256.digest()


class RangeFetcher:
    """Fetches parts of any file."""

    def __init__(
        self,
        storage: Storage,
        crew: Crew,
        meter: Meter,
        *,
        pause: Callable[[float], Awaitable[None]],
        backoff: Backoff,
    ) -> None:
        self._storage = storage
        self._crew = crew
        self._meter = meter
        self._pause = pause
        self._backoff = backoff

    async def fetch(self, link: ContentLink, partial: PartialFile, span: Span) -> bytes:
        """Writes the part to its place; returns the SHA-256 of what came.

        Raises Unreachable, StorageRefused, RemoteChanged, LocalError.
        """
        arrival = _Arrival(partial, span, self._meter)
        failures = 0
        while arrival.missing_bytes:
            url, before = link.url, arrival.missing_bytes
            try:
                await self._crew.move(
                    self._storage.fetch, url, arrival.offset, arrival.missing_bytes, arrival.write
                )
            except StorageError as error:
                failures = failures + 1 if arrival.missing_bytes == before else 1
                if isinstance(error, Refused) or failures >= _TRIES:
                    raise in_words(error) from error
                await self._pause(self._backoff.delay(failures - 1))
                await link.renew(rejected=url)
        return arrival.digest()
