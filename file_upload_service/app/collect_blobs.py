"""Deletes the bytes that nothing is made of any more."""

import asyncio
from dataclasses import dataclass

from chassis.errors import Unavailable
from file_upload_service.domain.ids import BlobId, blob_key
from file_upload_service.ports.object_store import ObjectStore
from file_upload_service.ports.unreferenced_blobs import UnreferencedBlob, UnreferencedBlobs

AT_ONCE = 8


@dataclass(slots=True)
class CollectBlobs:
    """A page a pass.

    Condemned, deleted, confirmed: whoever dies in between leaves a condemned blob, which is listed again. Where the
    next page begins is remembered here only: another instance begins anew, and finds what is left.
    """

    unreferenced: UnreferencedBlobs
    store: ObjectStore
    _cursor: str | None = None

    async def __call__(self) -> bool:
        """One pass. True if there is another page already. Raises Unavailable: the next pass tries the same page."""
        page = await self.unreferenced.list(self._cursor)
        await self._collect(page.blobs)
        self._cursor = page.next_cursor
        return page.next_cursor is not None

    async def _collect(self, blobs: tuple[UnreferencedBlob, ...]) -> None:
        if not blobs:
            return
        condemned = await self.unreferenced.condemn([blob.id for blob in blobs])
        places = asyncio.Semaphore(AT_ONCE)
        deleted = await asyncio.gather(*(self._delete(blob_id, places) for blob_id in condemned))
        gone = [blob_id for blob_id, done in zip(condemned, deleted, strict=True) if done]
        if gone:
            await self.unreferenced.confirm_deleted(gone)

    async def _delete(self, blob_id: BlobId, places: asyncio.Semaphore) -> bool:
        """One that cannot be deleted now does not hold up the others: it stays condemned, and listed."""
        async with places:
            try:
                await self.store.delete(blob_key(blob_id))
            except Unavailable:
                return False
            return True
