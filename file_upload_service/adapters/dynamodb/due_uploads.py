"""Due uploads, or bundles, by the index `due`."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from chassis.dynamodb import DynamoDB, Index, Table
from file_upload_service.adapters.dynamodb.rows import SHARDS, KeyRow, to_millis
from file_upload_service.adapters.dynamodb.uploads import TABLE
from file_upload_service.domain.ids import AccountId, UploadId

DUE = Index("due", "due_shard", "due_at")


class DynamoDueUploads:
    def __init__(self, db: DynamoDB, table_prefix: str, *, shard_prefix: str = "") -> None:
        self._shard_prefix = shard_prefix
        self._keys = Table(db, table_prefix + TABLE, KeyRow, partition_key="uploadid", sort_key="userid")

    async def due(self, now: datetime, *, limit: int) -> Sequence[tuple[AccountId, UploadId]]:
        before = to_millis(now) + 1
        pages = await asyncio.gather(
            *(
                self._keys.query(
                    f"{self._shard_prefix}{shard}", index=DUE, before=before, limit=-(-limit // SHARDS)
                )
                for shard in range(SHARDS)
            )
        )
        keys = [key for page in pages for key in page.items]
        return [(AccountId(key.userid), UploadId(key.uploadid)) for key in keys]
