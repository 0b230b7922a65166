"""S3's side of an upload of several parts."""

from dataclasses import dataclass

from file_upload_service.domain.upload import Upload
from file_upload_service.ports.object_store import ObjectStore
from file_upload_service.ports.uploads import UploadRepository


@dataclass(frozen=True, slots=True)
class EnsureMultipart:
    """Opens S3's side if it is not open yet.

    The upload's row is there before, so that whatever S3 opens can be found by its key. Of two that open it
    at once one is kept; the other is ended with the upload, when everything under its key is.
    """

    uploads: UploadRepository
    store: ObjectStore

    async def __call__(self, upload: Upload) -> Upload:
        """Raises UploadMoved, UploadNotOpen, Unavailable."""
        if not upload.plan.is_multipart or upload.multipart_id is not None:
            return upload
        upload.require_open()
        multipart_id = await self.store.create_multipart(upload.key)
        return await self.uploads.save(upload, upload.with_multipart(multipart_id))
