"""Whether the table can be read."""

from file_upload_service.adapters.dynamodb.uploads import DynamoUploadRepository
from file_upload_service.domain.errors import UploadNotFound
from file_upload_service.domain.ids import AccountId, UploadId

NOBODY = "0" * 32


class TableProbe:
    """Reads what is not there."""

    def __init__(self, uploads: DynamoUploadRepository) -> None:
        self._uploads = uploads

    async def __call__(self) -> None:
        """Raises Unavailable, in words."""
        try:
            await self._uploads.get(AccountId(NOBODY), UploadId(NOBODY))
        except UploadNotFound:
            return
