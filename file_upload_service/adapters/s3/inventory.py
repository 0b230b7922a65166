"""All that the bucket holds, over S3's API."""

from typing import Any

from file_upload_service.adapters.s3.connection import CALL_SECONDS
from file_upload_service.adapters.s3.errors import translated
from file_upload_service.ports.inventory import InventoryPage, Sighting

KEYS_A_PAGE = 1_000


class S3Inventory:
    def __init__(self, client: Any, bucket: str, *, keys_a_page: int = KEYS_A_PAGE) -> None:
        self._client = client
        self._bucket = bucket
        self._keys_a_page = keys_a_page

    async def objects(self, *, prefix: str, after: str | None) -> InventoryPage:
        async with translated("ListObjectsV2", CALL_SECONDS):
            page = await self._client.list_objects_v2(
                Bucket=self._bucket,
                Prefix=prefix,
                MaxKeys=self._keys_a_page,
                **({} if after is None else {"StartAfter": after}),
            )
        items = tuple(Sighting(it["Key"], it["LastModified"]) for it in page.get("Contents", []))
        return InventoryPage(items, items[-1].key if page.get("IsTruncated") and items else None)

    async def multiparts(self, *, prefix: str, after: str | None) -> InventoryPage:
        """Goes on by key alone, which skips further multipart uploads under the last key: one of each is enough, and
        versitygw refuses upload-id markers."""
        async with translated("ListMultipartUploads", CALL_SECONDS):
            page = await self._client.list_multipart_uploads(
                Bucket=self._bucket,
                Prefix=prefix,
                MaxUploads=self._keys_a_page,
                **({} if after is None else {"KeyMarker": after}),
            )
        latest: dict[str, Sighting] = {}
        for it in page.get("Uploads", []):
            seen = latest.get(it["Key"])
            if seen is None or seen.since < it["Initiated"]:
                latest[it["Key"]] = Sighting(it["Key"], it["Initiated"])
        items = tuple(latest.values())
        return InventoryPage(items, items[-1].key if page.get("IsTruncated") and items else None)
