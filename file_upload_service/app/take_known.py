"""Makes a file of bytes that the drive holds already: nothing is sent."""

import asyncio
import logging
from dataclasses import dataclass

from chassis.errors import Unavailable
from file_upload_service.app.background import Background
from file_upload_service.app.finish_upload import FinishUpload
from file_upload_service.app.rereading import rereading
from file_upload_service.domain.blob_record import BlobRecord, BlobState
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.content import StoredObject
from file_upload_service.domain.ids import BlobId, blob_key
from file_upload_service.domain.known import Known
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.upload import Upload, UploadState
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.ids import NewId
from file_upload_service.ports.metadata import Metadata
from file_upload_service.ports.object_store import ObjectStore
from file_upload_service.ports.uploads import UploadRepository

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TakeKnown:
    """One call more for what is not known; for what is, six remote calls and no byte."""

    uploads: UploadRepository
    metadata: Metadata
    store: ObjectStore
    finish_upload: FinishUpload
    background: Background
    clock: Clock
    policy: Policy
    new_id: NewId

    async def __call__(self, caller: Caller, upload: Upload, content_hash: str) -> Upload:
        """The upload: open as it was, if its content is not known; else as far as it is: `committed`, or `stored` with
        the reason why it goes no further, or because that takes long.

        Raises what metadata refuses to answer, Unavailable if the upload's row cannot be written.
        """
        if not content_hash or upload.plan.is_open or upload.state is not UploadState.OPEN:
            return upload
        known = await self._proven(caller, upload, content_hash)
        if known is None:
            return upload
        return await rereading(
            lambda: self.uploads.get(upload.account_id, upload.id),
            lambda seen: self._finish(seen, known),
            first=upload,
        )

    async def _proven(self, caller: Caller, upload: Upload, content_hash: str) -> Known | None:
        """Metadata knows it, and storage holds it. Trouble on the way is no reason not to send the bytes."""
        plan = upload.plan
        try:
            blob_id = await self.metadata.find_known(caller, upload.drive_id, plan, content_hash)
        except Unavailable:
            return None
        held = await self._head(blob_id) if blob_id is not None else None
        if blob_id is None or held is None:
            return None
        record = BlobRecord(blob_id, BlobState.LIVE, plan.size_bytes, content_hash)
        return Known(blob_id, content_hash) if record.is_held_as(held) else None

    async def _head(self, blob_id: BlobId) -> StoredObject | None:
        try:
            return await self.store.head(blob_key(blob_id))
        except Unavailable:
            return None
        except Exception:
            logger.exception("storage refused a look at what is known")
            return None

    async def _finish(self, upload: Upload, known: Known) -> Upload:
        if upload.state is not UploadState.OPEN:
            return upload  # somebody else is at it, or was
        taken = upload.known_as(known, self.new_id(), self.clock.now(), self.policy)
        upload = await self.uploads.save(upload, taken)
        task = self.background.start(self.finish_upload(upload, ()))
        await asyncio.wait({task}, timeout=self.policy.quick.total_seconds())
        if task.done() and not task.cancelled() and task.exception() is None:
            return task.result()
        return await self.uploads.get(upload.account_id, upload.id)
