"""Shows uploads to their owner."""

from dataclasses import dataclass

from chassis.errors import InvalidArgument
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.part import Part
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.uploads import UploadPage, UploadRepository

DEFAULT_PAGE = 200
LARGEST_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class GetUpload:
    uploads: UploadRepository

    async def __call__(self, account_id: AccountId, upload_id: UploadId) -> Upload:
        """Raises UploadNotFound."""
        return await self.uploads.get(account_id, upload_id)

    async def with_parts(self, account_id: AccountId, upload_id: UploadId) -> tuple[Upload, tuple[Part, ...]]:
        """Raises UploadNotFound."""
        return await self.uploads.load(account_id, upload_id)


@dataclass(frozen=True, slots=True)
class ListUploads:
    uploads: UploadRepository

    async def __call__(self, account_id: AccountId, *, limit: int, cursor: str | None) -> UploadPage:
        """Those that have not ended, latest first; 0 means 200. Raises InvalidArgument, CursorInvalid."""
        if not 0 <= limit <= LARGEST_PAGE:
            raise InvalidArgument(f"A page has 1 to {LARGEST_PAGE} uploads.")
        return await self.uploads.list_unfinished(account_id, limit=limit or DEFAULT_PAGE, cursor=cursor)
