"""Notes which parts have arrived."""

from collections.abc import Sequence
from dataclasses import dataclass

from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.part import PartReport, check_reports
from file_upload_service.ports.durability import Durability
from file_upload_service.ports.parts import PartRepository
from file_upload_service.ports.uploads import UploadRepository


@dataclass(frozen=True, slots=True)
class ReportParts:
    """One read and one transaction for up to 100 parts."""

    uploads: UploadRepository
    parts: PartRepository
    durability: Durability

    async def __call__(
        self,
        account_id: AccountId,
        upload_id: UploadId,
        reports: Sequence[PartReport],
        *,
        durable: bool = False,
    ) -> None:
        """`durable`: what this acknowledges survives a power cut.

        Raises UploadNotFound, UploadNotOpen, PartNumberInvalid, InvalidArgument, PartNotSigned.
        """
        upload = await self.uploads.get(account_id, upload_id)
        upload.require_open()
        check_reports(upload.plan, reports)
        if durable:
            await self.durability.flush()
        if reports:
            await self.parts.report(upload, reports)
