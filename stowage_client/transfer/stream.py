"""A pipe to the drive: its length is known only at its end, and it cannot be read twice.

reader    one part after another, as far ahead as there is room
signers   a request for each part: its hash is known only when it was read
senders   as many as there are connections; a part is held until storage has it
"""

import asyncio
import contextlib
import mimetypes
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from stowage_client.api.upload_models import PartReport, StartRequest, Upload
from stowage_client.api.uploads import PARTS_PER_REQUEST, UploadsApi
from stowage_client.errors import ApiError, ClientError, ExitCode, LocalError
from stowage_client.layout import MIB, Span, stream_spans
from stowage_client.transfer.completion import Completion
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.jobs import Uploaded, UploadJob
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.part_sender import OutgoingPart, PartSender
from stowage_client.transfer.pipe import LABEL, Pipe, PipedPart
from stowage_client.transfer.tasks import together

_HELD_BYTES = 512 * MIB
_LEAST_HELD = 2  # one is read while one is sent
_LAST_WORD_SECONDS = 3.0
_NOTHING_KEPT = "A pipe cannot be read twice, so nothing of it was kept: run the whole command again."


class PipeStopped(ClientError):
    """The person stopped it."""

    code = "stopped"
    exit_code = ExitCode.INTERRUPTED


class PipeUploader:
    """Sends one pipe."""

    def __init__(
        self, uploads: UploadsApi, sender: PartSender, completion: Completion, crew: Crew, meter: Meter
    ) -> None:
        self._uploads = uploads
        self._sender = sender
        self._completion = completion
        self._crew = crew
        self._meter = meter

    async def __call__(self, job: UploadJob, pipe: Pipe) -> Uploaded:
        """The whole pipe as one file. Raises PipeStopped, LocalError, and what Start, a part or Complete ends with.

        What was sent is dropped if not all could be; once all is there it stays, and can be gone on with.
        """
        request = StartRequest(
            folder_id=job.folder_id,
            name=job.target.name,
            size=None,
            conflict=job.conflict,
            content_type=mimetypes.guess_type(job.target.name)[0],
        )
        started = await self._uploads.start(request, key=secrets.token_hex(16))
        async with self._dropped_unless_all_arrives(started.upload.id):
            flow = _Flow(started.upload.id, pipe, uploads=self._uploads, sender=self._sender, crew=self._crew)
            size_bytes, reports = await flow.run()
        self._meter.is_open = False
        upload = await self._completed(started.upload.id, reports, size_bytes)
        name = upload.committed_name or job.target.name
        return Uploaded(upload.node_id or "", job.target.parent.child(name), size_bytes, resumed=False)

    async def _completed(self, upload_id: str, reports: list[PartReport], size_bytes: int) -> Upload:
        try:
            return await self._completion(upload_id, reports, {}, size=size_bytes)
        except (ClientError, asyncio.CancelledError) as error:
            if isinstance(error, ClientError):
                error.hint = (
                    f"All of it has arrived. Try: stowage uploads resume {upload_id} --conflict rename"
                )
                raise
            raise PipeStopped(
                "Stopped, but all of it has arrived.", hint=f"Try: stowage uploads resume {upload_id}"
            ) from None

    @asynccontextmanager
    async def _dropped_unless_all_arrives(self, upload_id: str) -> AsyncIterator[None]:
        try:
            yield
        except BaseException as error:
            with contextlib.suppress(ClientError, TimeoutError):
                async with asyncio.timeout(_LAST_WORD_SECONDS):
                    await self._uploads.abort(upload_id)
            if isinstance(error, asyncio.CancelledError):
                raise PipeStopped("Stopped.", hint=_NOTHING_KEPT) from None
            if isinstance(error, ClientError) and not isinstance(error, LocalError):
                error.hint = _NOTHING_KEPT
            raise


class _Flow:
    """One run over one pipe."""

    def __init__(
        self, upload_id: str, pipe: Pipe, *, uploads: UploadsApi, sender: PartSender, crew: Crew
    ) -> None:
        self._upload_id = upload_id
        self._pipe = pipe
        self._uploads = uploads
        self._sender = sender
        self._most_parts = crew.feeder_count
        self._held_parts = self._held_bytes = 0
        self._freed = asyncio.Event()
        self._reports: list[PartReport] = []
        self._reporting = asyncio.Lock()

    async def run(self) -> tuple[int, list[PartReport]]:
        """How many bytes there were, and what Complete shall report."""
        size_bytes = 0
        async with together() as group:
            for span in stream_spans():
                await self._room_for(span)
                part = await self._pipe.part(span)
                size_bytes += part.span.size_bytes
                is_last = part.span.size_bytes < span.size_bytes
                if part.span.size_bytes or span.number == 1:
                    group.create_task(self._send(part, span, size_bytes if is_last else None))
                if is_last:
                    break
            else:
                await self._require_end()
        return size_bytes, self._reports

    async def _room_for(self, span: Span) -> None:
        while self._held_parts >= self._most_parts or (
            self._held_parts >= _LEAST_HELD and self._held_bytes + span.size_bytes > _HELD_BYTES
        ):
            self._freed.clear()
            await self._freed.wait()
        self._held_parts += 1
        self._held_bytes += span.size_bytes

    async def _send(self, part: PipedPart, span: Span, size_bytes: int | None) -> None:
        """`size_bytes`: how long the file is, if this is its last part."""
        outgoing = OutgoingPart(part.span, part.digest)
        try:
            etag = None
            while etag is None:
                answer = await self._uploads.sign(self._upload_id, [outgoing.claim], size=size_bytes)
                [outgoing.signed] = answer
                etag = await self._sender.send(part, outgoing)
        finally:
            part.close()
        if etag:
            self._reports.append(PartReport(span.number, etag))
        self._held_parts -= 1
        self._held_bytes -= span.size_bytes
        self._freed.set()
        await self._report_full_batches()

    async def _report_full_batches(self) -> None:
        async with self._reporting:
            while len(self._reports) > PARTS_PER_REQUEST:
                batch = self._reports[:PARTS_PER_REQUEST]
                await self._uploads.report(self._upload_id, batch)
                del self._reports[:PARTS_PER_REQUEST]

    async def _require_end(self) -> None:
        """After the thousandth part. Raises ApiError as the server would for more than a stream can have."""
        beyond = await self._pipe.part(Span(0, 0, 1))
        if beyond.span.size_bytes:
            raise ApiError(
                "The pipe is longer than a file of unknown length can be.",
                status=413,
                server_code="file_too_large",
            )


OnBytes = Callable[[int], None]


def metered(meter: Meter) -> OnBytes:
    """Counts what comes as what there is to send."""
    meter.is_open = True
    meter.expect(files=1, size_bytes=0)
    meter.begin(LABEL, 0)
    return lambda count: meter.expect(files=0, size_bytes=count)
