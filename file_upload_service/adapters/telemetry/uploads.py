"""Counts what becomes of uploads, at the one place where every step is written down."""

from collections.abc import Sequence

from prometheus_client import Counter

from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.part import Part, PartClaim
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.uploads import UploadPage, UploadRepository

_STEPS = Counter(
    "stowage_upload_steps", "Uploads that came into this state, as written by this instance", ("state",)
)


class MeasuredUploads:
    """A UploadRepository that counts, over another one."""

    def __init__(self, uploads: UploadRepository) -> None:
        self._uploads = uploads

    async def start(self, upload: Upload, claims: Sequence[PartClaim], *, budget: int) -> None:
        await self._uploads.start(upload, claims, budget=budget)
        _STEPS.labels(upload.state).inc()

    async def get(self, account_id: AccountId, upload_id: UploadId) -> Upload:
        return await self._uploads.get(account_id, upload_id)

    async def load(self, account_id: AccountId, upload_id: UploadId) -> tuple[Upload, tuple[Part, ...]]:
        return await self._uploads.load(account_id, upload_id)

    async def save(self, before: Upload, after: Upload) -> Upload:
        saved = await self._uploads.save(before, after)
        if before.state is not after.state:
            _STEPS.labels(after.state).inc()
        return saved

    async def drop(self, upload: Upload) -> None:
        await self._uploads.drop(upload)

    async def list_unfinished(self, account_id: AccountId, *, limit: int, cursor: str | None) -> UploadPage:
        return await self._uploads.list_unfinished(account_id, limit=limit, cursor=cursor)
