"""Notes which parts have arrived."""

from collections.abc import Sequence
from dataclasses import dataclass

from file_upload_service.app.rereading import rereading
from file_upload_service.app.tails import FollowStream, Progress, require_end
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.part import PartReport, check_reports
from file_upload_service.ports.durability import Durability
from file_upload_service.ports.parts import PartRepository
from file_upload_service.ports.uploads import UploadRepository


@dataclass(frozen=True, slots=True)
class ReportParts:
    """One read and one transaction for up to 100 parts; two more reads for one that is made of a tail."""

    uploads: UploadRepository
    parts: PartRepository
    durability: Durability
    follow: FollowStream

    async def __call__(
        self,
        account_id: AccountId,
        upload_id: UploadId,
        reports: Sequence[PartReport],
        *,
        durable: bool = False,
        offset: int | None = None,
    ) -> None:
        """`durable`: what this acknowledges survives a power cut. `offset`: where the stream ended for whoever made the
        part of its tail, for it takes the place of what stands there by now.

        Raises UploadNotFound, UploadNotOpen, PartNumberInvalid, InvalidArgument, PartNotSigned, OffsetWrong.
        """
        upload = await self.uploads.get(account_id, upload_id)
        upload.require_open()
        check_reports(upload.plan, reports)
        if durable:
            await self.durability.flush()
        if reports and offset is None:
            await self.parts.report(upload, reports)
        elif reports and offset is not None:
            await rereading(
                lambda: self.follow(account_id, upload_id), lambda seen: self._instead(seen, reports, offset)
            )

    async def _instead(self, seen: Progress, reports: Sequence[PartReport], offset: int) -> None:
        """Of the tail as it is seen. A part that was reported before has the same bytes."""
        seen.upload.require_open()
        if {each.number for each in reports} <= {part.number for part in seen.parts if part.etag is not None}:
            return await self.parts.report(seen.upload, reports)
        require_end(seen, offset)
        return await self.parts.report(seen.upload, reports, tail=seen.kept)
