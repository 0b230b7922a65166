"""Ends an upload that was decided against, and frees what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import DomainError, Kind, Unavailable
from file_upload_service.app.held_upload import HeldUpload
from file_upload_service.domain.ids import NodeId
from file_upload_service.domain.outcome import Committed
from file_upload_service.domain.part import Part
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.tail import tail_prefix
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.metadata import Metadata
from file_upload_service.ports.object_store import ObjectStore
from file_upload_service.ports.uploads import UploadRepository


@dataclass(frozen=True, slots=True)
class EndUpload:
    """`aborting` is written by whoever calls.

    Every step may be repeated, so that anybody can go on after a crash.
    """

    uploads: UploadRepository
    store: ObjectStore
    metadata: Metadata
    clock: Clock
    policy: Policy

    async def __call__(self, upload: Upload, parts: Sequence[Part]) -> Upload:
        """The upload, `aborted`, `failed` or `committed`; still `aborting` after a passing trouble.

        Takes over the lease that `upload` holds. Raises UploadMoved.
        """
        async with HeldUpload(upload, uploads=self.uploads, clock=self.clock, policy=self.policy) as held:
            return await self.within(held, parts)

    async def within(self, held: HeldUpload, parts: Sequence[Part]) -> Upload:
        """The same, for an upload that the caller holds."""
        try:
            outcome = await self.metadata.abandon(held.upload)
            if outcome.became is not None:
                return await self._lost(held, outcome.became, parts)
            await self.free(held.upload)
            return await held.write(lambda upload: upload.ended(self.clock.now(), self.policy))
        except Unavailable:
            return await held.postpone()

    async def free(self, upload: Upload) -> None:
        """Destroys whatever S3 has for an abandoned blob. Raises Unavailable."""
        if upload.plan.is_multipart:
            await self.store.abort_multiparts(upload.key)
        await self.store.delete(upload.key)
        await self.free_tail(upload)

    async def free_tail(self, upload: Upload) -> None:
        """Of a stream that has ended, one way or another, or whose parts hold all of it. Raises Unavailable."""
        if upload.plan.is_stream:
            await self.store.clear(tail_prefix(upload.id))

    async def _lost(self, held: HeldUpload, node_id: NodeId, parts: Sequence[Part]) -> Upload:
        """A commit was first. Nothing is touched."""
        failure = held.upload.failure
        if failure is not None and failure.lasting:
            return await held.write(lambda upload: upload.failed_beside_a_file(self.clock.now(), self.policy))
        committed = await self._what_became(held.upload, node_id, parts)
        return await held.write(lambda upload: upload.as_committed(committed, self.clock.now(), self.policy))

    async def _what_became(self, upload: Upload, node_id: NodeId, parts: Sequence[Part]) -> Committed:
        """A repeat of the commit tells its first result; if it will not, the file's id is enough."""
        try:
            return await self.metadata.commit(upload, [part.sha256 for part in parts])
        except DomainError as refusal:
            if refusal.kind is Kind.UNAVAILABLE:
                raise
            return Committed(node_id, upload.target.name, revision=0, position="")
