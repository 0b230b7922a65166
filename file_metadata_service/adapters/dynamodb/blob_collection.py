"""Letting go of blobs on DynamoDB, by the sparse index of those that nothing refers to."""

import asyncio
import string
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.dynamodb import ConditionFailed, Table, at_most, equals, exists
from chassis.dynamodb.queries import Key
from file_metadata_service.adapters.dynamodb.mapping import PARTS_SUFFIX
from file_metadata_service.adapters.dynamodb.record_rows import blob_of
from file_metadata_service.adapters.dynamodb.rows import BlobRow, PartsRow
from file_metadata_service.adapters.dynamodb.tables import UNREFERENCED
from file_metadata_service.domain.blobs import GONE_KEPT_MS, Blob, BlobState
from file_metadata_service.domain.errors import CursorInvalid
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.ports.blob_collection import UnreferencedPage

# Ids begin with a hex digit, and a row's shard is what its id begins with.
SHARDS = string.digits + "abcdef"
MS_A_SECOND = 1000


@dataclass(frozen=True, slots=True)
class DynamoBlobCollection:
    table: Table[BlobRow]
    parts: Table[PartsRow]

    async def unreferenced(self, since_ms: int, *, limit: int, cursor: str | None) -> UnreferencedPage:
        """Shard after shard, in each the longest unreferenced first."""
        start = _start(cursor) if cursor else None
        shards = SHARDS[SHARDS.index(str(start["zero_shard"])) :] if start else SHARDS
        found: list[Blob] = []
        for shard in shards:
            page = await self.table.query(
                shard, index=UNREFERENCED, before=since_ms + 1, limit=limit - len(found), start=start
            )
            start = None
            found += map(blob_of, page.items)
            if len(found) >= limit:
                return UnreferencedPage(tuple(found), f"{found[-1].zero_since_ms}.{found[-1].id}")
        return UnreferencedPage(tuple(found), None)

    async def condemn(self, blob_ids: Sequence[BlobId], *, since_ms: int) -> list[BlobId]:
        condemned = await asyncio.gather(*(self._condemn(blob_id, since_ms) for blob_id in blob_ids))
        return [blob_id for blob_id, done in zip(blob_ids, condemned, strict=True) if done]

    async def _condemn(self, blob_id: BlobId, since_ms: int) -> bool:
        """It leaves the index of contents with the same write: whoever looks for known bytes finds it no more."""
        unused = equals("state", BlobState.LIVE) & equals("references", 0) & at_most("zero_since", since_ms)
        try:
            changed = {"state": BlobState.CONDEMNED, "content_key": None}
            await self.table.update(blob_id, set=changed, condition=exists("blobid") & unused)
        except ConditionFailed:
            standing = await self.table.get(blob_id)
            return standing is not None and standing.state == BlobState.CONDEMNED
        return True

    async def bury(self, blob_ids: Sequence[BlobId], *, at_ms: int) -> None:
        await asyncio.gather(*(self._bury(blob_id, at_ms) for blob_id in blob_ids))

    async def _bury(self, blob_id: BlobId, at_ms: int) -> None:
        """The hashes of its parts go first: a crash in between leaves it condemned, and it is found again."""
        standing = await self.table.get(blob_id)
        if standing is None or standing.state != BlobState.CONDEMNED:
            return
        await self.parts.delete(blob_id + PARTS_SUFFIX)
        changed = {
            "state": BlobState.GONE,
            "zero_shard": None,
            "zero_since": None,
            "expires_at": (at_ms + GONE_KEPT_MS) // MS_A_SECOND,
        }
        try:
            await self.table.update(blob_id, set=changed, condition=equals("state", BlobState.CONDEMNED))
        except ConditionFailed:
            return  # somebody else was faster


def _start(cursor: str) -> Key:
    """`<zero_since>.<blobid>`"""
    since, _, blob_id = cursor.partition(".")
    if not (since.isascii() and since.isdecimal() and len(since) < 20 and blob_id[:1] in set(SHARDS)):
        raise CursorInvalid("This cursor was not given for this. Please begin without one.")
    return {"zero_shard": blob_id[:1], "zero_since": int(since), "blobid": blob_id}
