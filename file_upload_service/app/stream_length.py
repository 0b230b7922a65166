"""How long a stream is: what is certain while it grows, and what its owner says at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import DomainError, Kind
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.errors import LengthUnknown
from file_upload_service.domain.part import Part, PartClaim, check_length
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.metadata import Metadata


def closed(upload: Upload, parts: Sequence[Part], size_bytes: int | None) -> Upload:
    """With its length, which must be said once of a stream and may be said of any upload.

    Raises LengthUnknown, LengthDecided, FileTooLarge, InvalidArgument.
    """
    if size_bytes is None:
        if upload.plan.is_open:
            raise LengthUnknown("Say how long the file is.")
        return upload
    after = upload.closed(size_bytes)
    check_length(upload.plan, after.plan, parts)
    return after


@dataclass(frozen=True, slots=True)
class CheckRoom:
    """Nobody could ask at the start of a stream whether there is room for it."""

    metadata: Metadata

    async def __call__(self, caller: Caller, upload: Upload, claims: Sequence[PartClaim]) -> None:
        """Raises what metadata says if not even what is certain by now would fit. Of all else Commit is the judge."""
        plan = upload.plan
        if not plan.is_stream or not claims:
            return
        await self.up_to(
            caller,
            upload,
            max(plan.start_of(claim.number) + plan.length_of(claim.number) for claim in claims),
        )

    async def up_to(self, caller: Caller, upload: Upload, certain_bytes: int) -> None:
        """The same for so many bytes."""
        try:
            await self.metadata.check_upload(caller, upload.target, certain_bytes)
        except DomainError as refusal:
            if refusal.kind is Kind.QUOTA:
                raise
