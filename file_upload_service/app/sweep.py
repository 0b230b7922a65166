"""Does what is due, for uploads that nobody waits for."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import DomainError, Unavailable
from file_upload_service.app.end_upload import EndUpload
from file_upload_service.app.finish_upload import FinishUpload
from file_upload_service.domain.duty import Duty, duty_of
from file_upload_service.domain.errors import UploadNotFound
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.outcome import EXPIRED
from file_upload_service.domain.part import Part
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.due_uploads import DueUploads
from file_upload_service.ports.ids import NewId
from file_upload_service.ports.object_store import ObjectStore
from file_upload_service.ports.uploads import UploadMoved, UploadRepository

logger = logging.getLogger(__name__)

UPLOADS_A_PASS = 100
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Sweep:
    """One pass.

    What an index calls due is only looked at; the row decides, and says so again with each write.
    """

    uploads: UploadRepository
    due_uploads: DueUploads
    store: ObjectStore
    finish_upload: FinishUpload
    end_upload: EndUpload
    clock: Clock
    policy: Policy
    new_id: NewId

    async def one_pass(self) -> bool:
        """True if more may be waiting already. Raises as a call does."""
        return await self() >= UPLOADS_A_PASS

    async def __call__(self) -> int:
        """How many were looked at. Raises Unavailable if not even the index can be read."""
        due = await self.due_uploads.due(self.clock.now(), limit=UPLOADS_A_PASS)
        places = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for account_id, upload_id in due:
                group.create_task(self._look(account_id, upload_id, places))
        return len(due)

    async def _look(self, account_id: AccountId, upload_id: UploadId, places: asyncio.Semaphore) -> None:
        async with places:
            try:
                upload, parts = await self.uploads.load(account_id, upload_id)
                await self._tend(upload, parts)
            except (Unavailable, UploadMoved, UploadNotFound):
                return  # the next pass looks again

    async def _tend(self, upload: Upload, parts: Sequence[Part]) -> None:
        try:
            await self._do(duty_of(upload, self.clock.now(), self.policy), upload, parts)
        except UploadMoved:
            return  # somebody else is at it
        except Unavailable:
            await self._postpone(upload)
        except DomainError:
            return  # metadata has refused it, and the row says so: its owner decides
        except Exception:
            # One upload that cannot be tended must not keep the sweeper from the others.
            logger.exception("tending an upload failed")
            await self._postpone(upload)

    async def _do(self, duty: Duty, upload: Upload, parts: Sequence[Part]) -> None:
        now = self.clock.now()
        if duty is Duty.EXPIRE:
            after = upload.aborting(self.new_id(), now, self.policy, failure=upload.failure or EXPIRED)
            await self.end_upload(await self.uploads.save(upload, after), parts)
        elif duty is Duty.END:
            taken = upload.taken(self.new_id(), now, self.policy)
            await self.end_upload(await self.uploads.save(upload, taken), parts)
        elif duty is Duty.FINISH:
            taken = upload.taken(self.new_id(), now, self.policy)
            await self.finish_upload(await self.uploads.save(upload, taken), parts)
        elif duty is Duty.CLEAN:
            await self.end_upload.free(upload)
            await self.uploads.save(upload, upload.swept(self.policy))
        elif duty is Duty.DROP:
            await self._drop(upload)

    async def _drop(self, upload: Upload) -> None:
        """A last look at what may be left under the key: bytes that arrived very late, a multipart opened
        twice.
        """
        if upload.abandoned:
            await self.end_upload.free(upload)
        elif upload.plan.is_multipart:
            await self.store.abort_multiparts(upload.key)
            await self.end_upload.free_tail(upload)
        await self.uploads.drop(upload)

    async def _postpone(self, upload: Upload) -> None:
        await self.uploads.save(upload, upload.postponed(self.clock.now(), self.policy))
