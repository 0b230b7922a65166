"""Ends an upload, at its owner's word."""

from collections.abc import Sequence
from dataclasses import dataclass

from file_upload_service.app.end_upload import EndUpload
from file_upload_service.app.rereading import rereading
from file_upload_service.domain.errors import AlreadyCommitted
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.part import Part
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.upload import UNFINISHED, Upload, UploadState
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.ids import NewId
from file_upload_service.ports.uploads import UploadRepository


@dataclass(frozen=True, slots=True)
class AbortUpload:
    uploads: UploadRepository
    end_upload: EndUpload
    clock: Clock
    policy: Policy
    new_id: NewId

    async def __call__(self, account_id: AccountId, upload_id: UploadId) -> Upload:
        """The upload, `aborted`, or `aborting` if the rest has to happen later; as it is if it had ended
        already.

        Raises UploadNotFound, AlreadyCommitted.
        """
        upload = await rereading(
            lambda: self.uploads.load(account_id, upload_id), lambda loaded: self._attempt(*loaded)
        )
        if upload.state is UploadState.COMMITTED:
            raise AlreadyCommitted("This upload has become a file.")
        return upload

    async def _attempt(self, upload: Upload, parts: Sequence[Part]) -> Upload:
        now = self.clock.now()
        if upload.state in UNFINISHED:
            decided = upload.aborting(self.new_id(), now, self.policy)
        elif upload.state is UploadState.ABORTING and not upload.is_leased(now):
            decided = upload.taken(self.new_id(), now, self.policy)
        else:
            return upload
        return await self.end_upload(await self.uploads.save(upload, decided), parts)
