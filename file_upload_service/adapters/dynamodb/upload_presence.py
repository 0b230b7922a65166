"""Which uploads there still are, from DynamoDB."""

import asyncio
from collections.abc import Collection

from chassis.dynamodb import DynamoDB, Table
from file_upload_service.adapters.dynamodb.rows import KeyRow
from file_upload_service.adapters.dynamodb.uploads import TABLE
from file_upload_service.domain.ids import UploadId

AT_ONCE = 16


class DynamoUploadPresence:
    """An upload's own row goes last, so that any row of it means that it is still there."""

    def __init__(self, db: DynamoDB, table_prefix: str) -> None:
        self._keys = Table(db, table_prefix + TABLE, KeyRow, partition_key="uploadid", sort_key="userid")

    async def present(self, upload_ids: Collection[UploadId]) -> set[UploadId]:
        places = asyncio.Semaphore(AT_ONCE)

        async def look(upload_id: UploadId) -> bool:
            async with places:
                return bool((await self._keys.query(upload_id, limit=1)).items)

        ids = list(upload_ids)
        there = await asyncio.gather(*map(look, ids))
        return {upload_id for upload_id, found in zip(ids, there, strict=True) if found}
