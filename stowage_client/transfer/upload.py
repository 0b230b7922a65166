"""One file to the drive, from its first byte to its proof; gone on with if an earlier run was cut."""

import contextlib
import mimetypes
from collections.abc import Sequence
from dataclasses import replace

from stowage_client.api.nodes import NodesApi
from stowage_client.api.search import SearchApi
from stowage_client.api.upload_models import Claim, StartRequest, Upload
from stowage_client.api.uploads import UploadsApi
from stowage_client.errors import ApiError, ClientError, FileChanged, UploadFailed
from stowage_client.layout import SMALLEST_PART_BYTES, Span, content_hash
from stowage_client.transfer.comparison import digests_of
from stowage_client.transfer.completion import Completion
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.jobs import Owner, Uploaded, UploadJob
from stowage_client.transfer.ledger import Purpose, Ticket, UploadLedger
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.part_flow import Begun, PartFlow
from stowage_client.transfer.source import SourceFile

# What the server says when a remembered upload is of no use any more; anything else a new one would meet too.
_STALE_CODES = frozenset(
    {
        "already_aborted",
        "command_id_reused",
        "folder_not_found",
        "node_not_found",
        "part_claimed",
        "upload_not_found",
    }
)
# Storage has lost parts since, or another process goes on with the same upload: the server knows by now.
_LOOK_AGAIN_CODES = frozenset({"parts_missing", "upload_not_open"})


class _Stale(Exception):
    """The remembered upload cannot be gone on with."""


class FileUploader:
    """Uploads files, several at once if asked from several tasks."""

    def __init__(
        self,
        owner: Owner,
        *,
        uploads: UploadsApi,
        nodes: NodesApi,
        search: SearchApi,
        ledger: UploadLedger,
        crew: Crew,
        parts: PartFlow,
        completion: Completion,
        meter: Meter,
    ) -> None:
        self._owner = owner
        self._uploads = uploads
        self._nodes = nodes
        self._search = search
        self._ledger = ledger
        self._crew = crew
        self._parts = parts
        self._completion = completion
        self._meter = meter

    async def __call__(self, job: UploadJob) -> Uploaded:
        """Raises ApiError (`name_taken` …), LocalError, Unreachable, StorageRefused, UploadFailed."""
        with SourceFile(job.source) as file:
            purpose = Purpose(self._owner.server, self._owner.account_id, str(job.target), file.identity)
            ticket = self._ledger.find(purpose)
            if ticket is not None:
                try:
                    return _uploaded(job, await self._resume(job, file, purpose, ticket), resumed=True)
                except _Stale:
                    await self._drop(purpose, ticket.upload_id)
            ticket = self._ledger.begin(purpose, start_request(job, file))
            return _uploaded(job, await self._carry(job, file, purpose, ticket, resumed=False), resumed=False)

    async def _resume(self, job: UploadJob, file: SourceFile, purpose: Purpose, ticket: Ticket) -> Upload:
        try:
            upload = await self._carry(job, file, purpose, ticket, resumed=True)
            if upload.node_id:
                await self._nodes.get(upload.node_id)  # it may have been finished, and deleted, long ago
        except ApiError as error:
            if error.server_code in _STALE_CODES:
                raise _Stale from error
            raise
        except UploadFailed as error:
            raise _Stale from error
        return upload

    async def _carry(
        self, job: UploadJob, file: SourceFile, purpose: Purpose, ticket: Ticket, *, resumed: bool
    ) -> Upload:
        begun = await self._begin(file, purpose, ticket, resumed=resumed)
        if begun.upload.is_open and not begun.claims:
            replaces_alike = job.base_layout == begun.upload.layout
            if replaces_alike or (not resumed and await self._may_be_held(file)):
                begun = await self._use_known(begun, file, also_parts=replaces_alike)
        upload = begun.upload
        try:
            if not upload.is_committed:
                upload = await self._finish(begun, file, _elsewhere(job, ticket.request))
        except FileChanged:
            await self._drop(purpose, upload.id)
            raise
        except UploadFailed:
            self._ledger.forget(purpose)
            raise
        self._ledger.forget(purpose)
        return upload

    async def _begin(self, file: SourceFile, purpose: Purpose, ticket: Ticket, *, resumed: bool) -> Begun:
        claims: Sequence[Claim] = ()
        if file.size_bytes <= SMALLEST_PART_BYTES:  # one part, so its claim can go with Start
            span = Span(1, 0, file.size_bytes)
            claims = [Claim(1, await self._crew.hash(file.digest, span))]
        known = content_hash(claim.digest for claim in claims) if claims else ""
        try:
            started = await self._uploads.start(
                ticket.request, key=ticket.key, claims=claims, content_hash=known
            )
        except ApiError as error:
            if not resumed and not error.is_passing:
                self._ledger.forget(purpose)  # nothing began
            raise
        if not claims:  # what is in one part is not worth a second note
            self._ledger.name_upload(purpose, ticket, started.upload.id)
        if started.upload.is_committed and not resumed:
            self._meter.settle(file.path, file.size_bytes)  # the drive held it already
        trusted = ticket.changed_ns == file.identity.changed_ns
        return Begun(started.upload, claims, started.urls, may_hold_parts=resumed, trusted=trusted)

    async def _may_be_held(self, file: SourceFile) -> bool:
        """Whether reading it ahead may save sending it. Asking costs next to nothing, beside a file of many parts."""
        try:
            return await self._search.holds_size(file.size_bytes)
        except ApiError:  # it was only a hint
            return False

    async def _use_known(self, begun: Begun, file: SourceFile, *, also_parts: bool) -> Begun:
        """Reads the file ahead. `also_parts`: what it replaces is cut like it, so what both have need not be sent."""
        digests = await digests_of(self._crew, file, begun.upload.layout)
        upload = await self._uploads.use_known(begun.upload.id, digests, also_parts=also_parts)
        if upload.is_committed:
            self._meter.settle(file.path, file.size_bytes)
        if not also_parts:
            return replace(begun, upload=upload)
        return replace(begun, upload=upload, may_hold_parts=True, digests=digests)

    async def _finish(self, begun: Begun, file: SourceFile, elsewhere: dict[str, str]) -> Upload:
        try:
            return await self._send_and_complete(begun, file, elsewhere)
        except ApiError as error:
            if error.server_code not in _LOOK_AGAIN_CODES:
                raise
        upload = await self._uploads.get(begun.upload.id)
        begun = replace(begun, upload=upload, urls=(), may_hold_parts=True)
        return await self._send_and_complete(begun, file, elsewhere)

    async def _send_and_complete(self, begun: Begun, file: SourceFile, elsewhere: dict[str, str]) -> Upload:
        reports = await self._parts.send(begun, file) if begun.upload.is_open else []
        file.require_unchanged()
        return await self._completion(begun.upload.id, reports, elsewhere)

    async def _drop(self, purpose: Purpose, upload_id: str | None) -> None:
        """Ends what cannot be gone on with. The server would do it too, days later."""
        self._ledger.forget(purpose)
        if upload_id:
            with contextlib.suppress(ClientError):
                await self._uploads.abort(upload_id)


def start_request(job: UploadJob, file: SourceFile) -> StartRequest:
    return StartRequest(
        folder_id=job.folder_id,
        name=job.target.name,
        size=file.size_bytes,
        conflict=job.conflict,
        content_type=mimetypes.guess_type(job.target.name)[0],
    )


def _elsewhere(job: UploadJob, started: StartRequest) -> dict[str, str]:
    """What is wanted now and was not when the upload began."""
    wanted = {"folder_id": job.folder_id, "conflict": job.conflict}
    before = {"folder_id": started.folder_id, "conflict": started.conflict}
    return {field: value for field, value in wanted.items() if value != before[field]}


def _uploaded(job: UploadJob, upload: Upload, *, resumed: bool) -> Uploaded:
    name = upload.committed_name or job.target.name
    return Uploaded(upload.node_id or "", job.target.parent.child(name), upload.size or 0, resumed)
