"""Where uploads are remembered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.part import Part, PartClaim
from file_upload_service.domain.upload import Upload


class UploadMoved(Exception):
    """Somebody else has written the upload since it was read; read it again."""


class AlreadyStarted(Exception):
    """There is an upload with this id; it is `existing`."""

    def __init__(self, existing: Upload) -> None:
        super().__init__(existing.id)
        self.existing = existing


@dataclass(frozen=True, slots=True)
class UploadPage:
    items: tuple[Upload, ...]
    next_cursor: str | None


class UploadRepository(Protocol):
    """Reads are consistent. Every method may raise Unavailable: of a write, the outcome is then unknown.

    A write that answers has happened once, also if an answer was lost and it had to be sent again.
    """

    async def start(self, upload: Upload, claims: Sequence[PartClaim], *, budget: int) -> None:
        """Writes the upload, its first parts, and one more in the account's count of open uploads, all or
        nothing.

        Raises AlreadyStarted, and TooManyUploads if the account has `budget` open ones already.
        """

    async def get(self, account_id: AccountId, upload_id: UploadId) -> Upload:
        """Raises UploadNotFound, also for another account's."""

    async def load(self, account_id: AccountId, upload_id: UploadId) -> tuple[Upload, tuple[Part, ...]]:
        """The upload and its claimed parts in order of their numbers, in one read. Raises UploadNotFound."""

    async def save(self, before: Upload, after: Upload) -> Upload:
        """Writes what differs, if state and fence still are as in `before`; answers what stands there now.

        `signed_until` and `multipart_id` may be written without a lease: if they are among what differs, they
        too must still be as in `before`; if not, they may have moved on, and the answer shows it. When the
        upload ends, the account's count of open uploads goes down in the same transaction. Raises
        UploadMoved. A row that is gone does not come back: that is UploadMoved too.
        """

    async def drop(self, upload: Upload) -> None:
        """Forgets an ended upload and its parts; if interrupted, the upload goes last.

        Repeating it is harmless.
        """

    async def list_unfinished(self, account_id: AccountId, *, limit: int, cursor: str | None) -> UploadPage:
        """The account's uploads that have not ended, latest first; may lag behind. Raises CursorInvalid."""
