"""Looks, for an upload that is open already, what of it need not be sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from file_upload_service.app.copy_known import Copied, CopyKnown
from file_upload_service.app.take_known import TakeKnown
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.ids import UploadId
from file_upload_service.domain.known import BaseVersion, check_all_claims, checked_content_hash
from file_upload_service.domain.part import PartClaim
from file_upload_service.domain.upload import UploadState
from file_upload_service.ports.uploads import UploadRepository


@dataclass(frozen=True, slots=True)
class UseKnown:
    uploads: UploadRepository
    take_known: TakeKnown
    copy_known: CopyKnown

    async def __call__(
        self,
        caller: Caller,
        upload_id: UploadId,
        content_hash: str,
        claims: Sequence[PartClaim] = (),
        base: BaseVersion | None = None,
    ) -> Copied:
        """All of it if the content is known, and the upload is as far as it is then; else what it has in common with
        the base, or with the file that it replaces. Harmless to repeat.

        Raises UploadNotFound, InvalidArgument, PartNumberInvalid, UploadNotOpen, PartClaimed.
        """
        checked_content_hash(content_hash)
        upload = await self.uploads.get(caller.account_id, upload_id)
        check_all_claims(upload.plan, claims)
        upload = await self.take_known(caller, upload, content_hash)
        if upload.state is not UploadState.OPEN:
            return Copied(upload)
        return await self.copy_known(caller, upload, claims, base)
