"""Carries an upload from `assembling` over `stored` to `committed`."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import DomainError, Kind, Unavailable
from file_upload_service.app.assembly import Assembly, Verdict
from file_upload_service.app.end_upload import EndUpload
from file_upload_service.app.held_upload import HeldUpload
from file_upload_service.domain.errors import AlreadyAborted, PartsMissing
from file_upload_service.domain.outcome import PASSING, Failure
from file_upload_service.domain.part import Part
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.upload import Upload, UploadState
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.durability import Durability
from file_upload_service.ports.ids import NewId
from file_upload_service.ports.metadata import Metadata
from file_upload_service.ports.uploads import UploadRepository

logger = logging.getLogger(__name__)

ABANDONED = "blob_abandoned"
CONTENT_UNKNOWN = "content_unknown"


def other_bytes() -> Failure:
    return Failure(
        Kind.CONFLICT, "content_mismatch", "The stored bytes are not those that were announced.", lasting=True
    )


def lost_bytes() -> Failure:
    return Failure(Kind.CONFLICT, "parts_lost", "The storage has lost the parts. Upload again.", lasting=True)


@dataclass(frozen=True, slots=True)
class FinishUpload:
    """Works under the lease that `upload` holds. Any instance may go on wherever another one stopped."""

    uploads: UploadRepository
    assembly: Assembly
    durability: Durability
    metadata: Metadata
    end_upload: EndUpload
    clock: Clock
    policy: Policy
    new_id: NewId

    async def __call__(self, upload: Upload, parts: Sequence[Part]) -> Upload:
        """The upload as it stands at the end: `committed`; `failed` for good; or as it was, after a passing
        trouble.

        The parts are not needed of what is known. Raises PartsMissing (it is open again), AlreadyAborted, what
        metadata answers to Commit (it stays `stored`), UploadMoved.
        """
        async with HeldUpload(upload, uploads=self.uploads, clock=self.clock, policy=self.policy) as held:
            try:
                if held.upload.state is UploadState.ASSEMBLING:
                    await self._assemble(held, parts)
                if held.upload.state is UploadState.STORED:
                    await self._commit(held, parts)
            except Unavailable:
                return await held.postpone()
            return held.upload

    async def _assemble(self, held: HeldUpload, parts: Sequence[Part]) -> None:
        try:
            verdict = await self.assembly.put_together(held.upload, parts)
        except PartsMissing:
            await held.write(lambda upload: upload.reopened())
            raise
        if verdict is Verdict.PROVEN:
            await held.write(lambda upload: upload.stored(self.clock.now()))
        elif verdict is Verdict.OTHER_BYTES:
            await self._abort(held, parts, other_bytes())
        elif held.upload.attempts + 1 < self.policy.lost_after_attempts:
            # A store that was killed in the middle may find the parts again when it starts.
            raise Unavailable("The storage does not know this upload.")
        else:
            await self._abort(held, parts, lost_bytes())

    async def _commit(self, held: HeldUpload, parts: Sequence[Part]) -> None:
        if held.upload.known is None:
            await self.durability.flush()
        try:
            committed = await self.metadata.commit(held.upload, [part.sha256 for part in parts])
        except DomainError as refusal:
            await self._refused(held, parts, refusal)
            raise
        await held.write(lambda upload: upload.as_committed(committed, self.clock.now(), self.policy))
        await self._free_tail(held.upload)

    async def _free_tail(self, upload: Upload) -> None:
        """What is left goes with the row: whatever storage says, the file is there."""
        try:
            await self.end_upload.free_tail(upload)
        except Unavailable:
            pass
        except Exception:
            logger.exception("storage did not free a tail")

    async def _refused(self, held: HeldUpload, parts: Sequence[Part], refusal: DomainError) -> None:
        if refusal.kind in PASSING:
            raise Unavailable("The metadata service is not well.") from refusal
        if refusal.code == ABANDONED:
            await self._abort(held, parts, None)
            raise AlreadyAborted("This upload has ended.") from refusal
        if refusal.code == CONTENT_UNKNOWN and held.upload.known is not None:
            await held.write(lambda upload: upload.reopened())
            raise PartsMissing("The file's bytes have to be sent after all.") from refusal
        failure = Failure.told(refusal)
        if failure.lasting:
            await self._abort(held, parts, failure)
            return
        await held.write(lambda upload: upload.refused(failure, self.policy))

    async def _abort(self, held: HeldUpload, parts: Sequence[Part], failure: Failure | None) -> None:
        await held.write(
            lambda upload: upload.aborting(self.new_id(), self.clock.now(), self.policy, failure=failure)
        )
        await self.end_upload.within(held, parts)
