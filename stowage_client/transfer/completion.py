"""From "all parts are there" to "the file stands in the drive"."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from stowage_client.api.upload_models import PartReport, Upload
from stowage_client.api.uploads import UploadsApi
from stowage_client.backoff import Backoff
from stowage_client.errors import UploadFailed

_PAUSE = Backoff(first_seconds=0.1, longest_seconds=1.0)


class Completion:
    """Completes uploads, however long S3 takes to put one together."""

    def __init__(self, uploads: UploadsApi, *, pause: Callable[[float], Awaitable[None]]) -> None:
        self._uploads = uploads
        self._pause = pause

    async def __call__(
        self,
        upload_id: str,
        reports: Sequence[PartReport],
        elsewhere: Mapping[str, str],
        *,
        size: int | None = None,
    ) -> Upload:
        """The committed upload. `size`: if it was not known at Start.

        Asked for completion again, the server waits for whoever is at work on it, and carries on what a crash
        has left: so it is asked for that rather than for the state. `elsewhere` says what has changed since
        Start: folder_id, conflict. Raises UploadFailed if it ended without a file, and ApiError:
        `parts_missing`, or what the drive refuses; the bytes stay stored then.
        """
        upload = await self._uploads.complete(upload_id, reports=reports, elsewhere=elsewhere, size=size)
        asked = 0
        while not upload.is_committed:
            if upload.has_ended_without_file:
                raise _failed(upload)
            await self._pause(_PAUSE.delay(asked))
            asked += 1
            upload = await self._uploads.complete(upload_id, elsewhere=elsewhere)
        return upload


def _failed(upload: Upload) -> UploadFailed:
    detail = upload.failure_detail or f"The upload of {upload.name} ended as {upload.state}."
    return UploadFailed(detail, server_code=upload.failure_code or f"upload_{upload.state}")
