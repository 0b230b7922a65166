"""Assembles, proves and commits, at its owner's word."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import RemoteError
from file_upload_service.app.assembly import Assembly, Verdict
from file_upload_service.app.background import Background
from file_upload_service.app.end_upload import EndUpload
from file_upload_service.app.finish_upload import FinishUpload, other_bytes
from file_upload_service.app.redirect import Redirect
from file_upload_service.app.rereading import rereading
from file_upload_service.app.stream_length import closed
from file_upload_service.domain.errors import AlreadyAborted, PartsMissing
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.part import (
    Part,
    PartReport,
    check_reports,
    require_all_claimed,
    with_reports,
)
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.upload import BEING_FINISHED, Upload, UploadState
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.ids import NewId
from file_upload_service.ports.uploads import UploadMoved, UploadRepository

LOOK_AGAIN_SECONDS = 0.2

Loaded = tuple[Upload, tuple[Part, ...]]
# What is known after the first step: the upload, and the task that goes on with it if it runs here.
Begun = tuple[Upload, asyncio.Task[Upload] | None]


@dataclass(frozen=True, slots=True)
class CompleteUpload:
    """Five remote calls for a file of one part, six for several parts that were reported."""

    uploads: UploadRepository
    assembly: Assembly
    finish_upload: FinishUpload
    end_upload: EndUpload
    background: Background
    clock: Clock
    policy: Policy
    new_id: NewId

    async def __call__(
        self,
        account_id: AccountId,
        upload_id: UploadId,
        reports: Sequence[PartReport],
        redirect: Redirect,
        *,
        size_bytes: int | None = None,
    ) -> Upload:
        """The upload at its end if that is quick, else as it stands: the work goes on by itself.

        `size_bytes`: how long the file is, if that was not known before. `failed` is an answer, with the reason.
        While somebody else works on the upload, length, reports and redirect are not needed, and not looked at.
        Raises UploadNotFound, PartsMissing, PartNotSigned, PartNumberInvalid, AlreadyAborted, LengthUnknown,
        LengthDecided, FileTooLarge, and what metadata answers to Commit: the upload then stays `stored`.
        """
        upload, task = await rereading(
            lambda: self.uploads.load(account_id, upload_id),
            lambda loaded: self._begin(*loaded, reports, redirect, size_bytes),
        )
        if task is not None:
            return await self._result(upload, task)
        return await self._watch(upload)

    async def _begin(
        self,
        upload: Upload,
        parts: Sequence[Part],
        reports: Sequence[PartReport],
        redirect: Redirect,
        size_bytes: int | None,
    ) -> Begun:
        now = self.clock.now()
        if upload.state is UploadState.OPEN:
            whole = closed(upload, parts, size_bytes).redirected(redirect.applied_to(upload))
            check_reports(whole.plan, reports)
            parts = with_reports(parts, reports)
            require_all_claimed(whole.plan, parts)
            upload = await self._leave_open(upload, whole, parts)
            if upload.state not in BEING_FINISHED:
                return upload, None
        elif upload.is_leased(now) or upload.state not in BEING_FINISHED:
            return upload, None
        else:
            taken = upload.taken(self.new_id(), now, self.policy)
            if upload.state is UploadState.STORED:
                taken = taken.redirected(redirect.applied_to(upload))
            upload = await self.uploads.save(upload, taken)
        return upload, self.background.start(self.finish_upload(upload, parts))

    async def _leave_open(self, upload: Upload, whole: Upload, parts: Sequence[Part]) -> Upload:
        """`whole`: with what is known of it now. Several parts: writes that they are about to be put together.

        One part: there is nothing to put together.
        """
        if whole.plan.is_multipart:
            if upload.multipart_id is None:
                raise PartsMissing("Nothing has arrived: no URL was given out yet.")
            after = whole.assembling(self.new_id(), self.clock.now(), self.policy)
            return await self.uploads.save(upload, after)
        verdict = await self.assembly.prove(whole, parts)
        now = self.clock.now()
        if verdict is Verdict.NOTHING:
            raise PartsMissing("The file's bytes have not arrived.")
        if verdict is Verdict.PROVEN:
            taken = whole.taken(self.new_id(), now, self.policy)
            return await self.uploads.save(upload, taken.stored(now))
        after = upload.aborting(self.new_id(), now, self.policy, failure=other_bytes())
        return await self.end_upload(await self.uploads.save(upload, after), parts)

    async def _result(self, upload: Upload, task: asyncio.Task[Upload]) -> Upload:
        await asyncio.wait({task}, timeout=self.policy.quick.total_seconds())
        if task.done() and not task.cancelled():
            try:
                return self._answer(task.result())
            except UploadMoved:
                pass  # overtaken, most likely by an abort
        return self._answer(await self.uploads.get(upload.account_id, upload.id))

    async def _watch(self, upload: Upload) -> Upload:
        """Somebody else is at it: waits with them."""
        deadline = self.clock.now() + self.policy.quick
        while self._in_work(upload) and self.clock.now() < deadline:
            await self.clock.sleep(LOOK_AGAIN_SECONDS)
            upload = await self.uploads.get(upload.account_id, upload.id)
        return self._answer(upload)

    def _in_work(self, upload: Upload) -> bool:
        return upload.state in BEING_FINISHED and upload.is_leased(self.clock.now())

    def _answer(self, upload: Upload) -> Upload:
        failure = upload.failure
        if upload.state is UploadState.OPEN:
            raise PartsMissing("Some parts have not arrived.")
        if upload.state is UploadState.STORED and failure is not None and upload.lease is None:
            raise RemoteError(failure.kind, failure.code, failure.detail)
        lasting = failure is not None and failure.lasting
        if upload.state in {UploadState.ABORTING, UploadState.ABORTED} and not lasting:
            raise AlreadyAborted("This upload has ended.")
        return upload
