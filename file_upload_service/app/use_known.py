"""Looks, for an upload that is open already, what of it need not be sent."""

from dataclasses import dataclass

from file_upload_service.app.take_known import TakeKnown
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.ids import UploadId
from file_upload_service.domain.known import checked_content_hash
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.uploads import UploadRepository


@dataclass(frozen=True, slots=True)
class UseKnown:
    uploads: UploadRepository
    take_known: TakeKnown

    async def __call__(self, caller: Caller, upload_id: UploadId, content_hash: str) -> Upload:
        """The upload, open if its content is not known, else as far as it is. Harmless to repeat.

        Raises UploadNotFound, InvalidArgument.
        """
        checked_content_hash(content_hash)
        upload = await self.uploads.get(caller.account_id, upload_id)
        return await self.take_known(caller, upload, content_hash)
