"""An upload that another process or another device of the same account began, gone on with here."""

from collections.abc import Mapping
from pathlib import Path
from time import monotonic

from stowage_client.api.nodes import NodesApi
from stowage_client.api.upload_models import Upload
from stowage_client.api.uploads import UploadsApi
from stowage_client.errors import ApiError, UploadFailed, UsageError
from stowage_client.transfer.completion import Completion
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.part_flow import Begun, PartFlow
from stowage_client.transfer.report import Outcome, Report
from stowage_client.transfer.source import SourceFile


class UploadResumer:
    """Sends what storage lacks, and makes the file of it. Parts that have arrived are read and hashed, not sent."""

    def __init__(
        self, uploads: UploadsApi, nodes: NodesApi, parts: PartFlow, completion: Completion, meter: Meter
    ) -> None:
        self._uploads = uploads
        self._nodes = nodes
        self._parts = parts
        self._completion = completion
        self._meter = meter

    async def __call__(self, upload_id: str, source: Path | None, elsewhere: Mapping[str, str]) -> Report:
        """`source` may be left out if all has arrived; `elsewhere` says what shall be otherwise than at Start.

        Raises ApiError `upload_not_found`, `part_claimed` for another file, and whatever the drive refuses;
        UsageError for a file of another size, UploadFailed if the upload has ended, and what a part ends with.
        """
        started = monotonic()
        upload = await self._uploads.get(upload_id)
        if upload.has_ended_without_file:
            raise UploadFailed(
                upload.failure_detail or f"The upload of {upload.name} has ended.",
                server_code=upload.failure_code or f"upload_{upload.state}",
            )
        was_there = upload.is_committed
        if not was_there:
            upload = await self._finished(upload, source, elsewhere)
        report = Report()
        report.add(await self._outcome(upload, source, was_there=was_there))
        report.count_bytes(self._meter)
        report.seconds = monotonic() - started
        return report

    async def _finished(self, upload: Upload, source: Path | None, elsewhere: Mapping[str, str]) -> Upload:
        if not upload.is_open:
            return await self._completion(upload.id, (), elsewhere)
        if source is None:
            raise UsageError(f"Parts of {upload.name} are missing.", hint="Name the file that is being sent.")
        if upload.size is None:
            raise UsageError(
                f"{upload.name} came through a pipe, which cannot be gone on with.",
                hint=f"Send it anew; end this one with: stowage uploads cancel {upload.id}",
            )
        self._meter.expect(files=1, size_bytes=upload.size)
        self._meter.begin(source, upload.size)
        try:
            return await self._sent(upload, source, elsewhere)
        except ApiError as error:
            if error.server_code == "part_claimed":
                error.hint = f"{source} is not the file that was being sent."
            raise
        finally:
            self._meter.end(source)

    async def _sent(self, upload: Upload, source: Path, elsewhere: Mapping[str, str]) -> Upload:
        with SourceFile(source) as file:
            if file.size_bytes != upload.size:
                raise UsageError(
                    f"{source} has {file.size_bytes} bytes, the file that was being sent {upload.size}."
                )
            reports = await self._parts.send(Begun(upload, may_hold_parts=True), file)
            file.require_unchanged()
        return await self._completion(upload.id, reports, elsewhere)

    async def _outcome(self, upload: Upload, source: Path | None, *, was_there: bool) -> Outcome:
        node_id = upload.node_id or ""
        return Outcome(
            "unchanged" if was_there else "done",
            str(source or upload.id),
            str(await self._nodes.path_of(node_id)),
            upload.size or 0,
            node_id=node_id,
            resumed=True,
            why="it was finished before" if was_there else None,
        )
