"""Copies inside storage what a changed file has in common with the one it was made from."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import Unavailable
from file_upload_service.app.rereading import rereading
from file_upload_service.app.sign_parts import SignParts
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.content import part_checksum
from file_upload_service.domain.known import BaseVersion, PartCopy
from file_upload_service.domain.part import Part, PartClaim, PartReport
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.upload import Upload, UploadState
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.metadata import Metadata
from file_upload_service.ports.object_store import MultipartGone, ObjectStore, SourceGone
from file_upload_service.ports.parts import PartRepository
from file_upload_service.ports.uploads import UploadRepository

logger = logging.getLogger(__name__)

# Each round is one claim, so many copies at once, and one report: what is copied is known soon, whoever dies.
COPIES_A_ROUND = 32
COPIES_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Copied:
    """`parts`: those claimed so far; what is reported need not be sent. `more`: asking again copies the rest."""

    upload: Upload
    parts: tuple[Part, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class CopyKnown:
    """A copy is a part like any other: claimed before, reported after, proven when all are put together. The bytes it
    comes from are kept by metadata much longer than a round takes, and a copy that fails is a part to be sent.
    """

    uploads: UploadRepository
    parts: PartRepository
    metadata: Metadata
    store: ObjectStore
    sign_parts: SignParts
    clock: Clock
    policy: Policy

    async def __call__(
        self, caller: Caller, upload: Upload, claims: Sequence[PartClaim], base: BaseVersion | None
    ) -> Copied:
        """As many as can be copied while somebody waits. Harmless to repeat. The claims fit the plan.

        Raises UploadNotOpen, PartClaimed (by somebody else, meanwhile).
        """
        left = await self._copies(caller, upload, claims, base)
        enough = self.clock.now() + self.policy.quick
        while left and self.clock.now() < enough:
            await self._round(upload, left[:COPIES_A_ROUND])
            del left[:COPIES_A_ROUND]
        return Copied(*await self.uploads.load(upload.account_id, upload.id), more=bool(left))

    async def _copies(
        self, caller: Caller, upload: Upload, claims: Sequence[PartClaim], base: BaseVersion | None
    ) -> list[PartCopy]:
        if not claims or not upload.plan.is_multipart or upload.state is not UploadState.OPEN:
            return []
        try:
            known = await self.metadata.find_base(caller, upload, base)
        except Unavailable:
            return []  # no reason not to send them
        _, held = await self.uploads.load(upload.account_id, upload.id)
        return known.copies(upload.plan, claims, held) if known is not None else []

    async def _round(self, upload: Upload, copies: Sequence[PartCopy]) -> None:
        bound = await rereading(
            lambda: self.uploads.get(upload.account_id, upload.id),
            lambda seen: self.sign_parts.bind(seen, [copy.claim for copy in copies]),
        )
        places = asyncio.Semaphore(COPIES_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._copy(bound, copy, places)) for copy in copies]
        reports = [report for task in tasks if (report := task.result()) is not None]
        if reports:
            await self.parts.report(bound, reports)

    async def _copy(self, upload: Upload, copy: PartCopy, places: asyncio.Semaphore) -> PartReport | None:
        """None if it was not copied, or not rightly: then it has to be sent, over whatever is there now."""
        assert upload.multipart_id is not None
        async with places:
            try:
                made = await self.store.copy_part(upload.key, upload.multipart_id, copy)
            except (Unavailable, MultipartGone, SourceGone):
                return None
            except Exception:
                logger.exception("storage refused a copy")  # a store that copies nothing can still be sent to
                return None
        right = made.checksum_sha256 == part_checksum(copy.claim.sha256)
        return PartReport(made.number, made.etag) if right else None
