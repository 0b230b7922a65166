"""Which uploads, or bundles, somebody must look at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from file_upload_service.domain.ids import AccountId, UploadId


class DueUploads(Protocol):
    async def due(self, now: datetime, *, limit: int) -> Sequence[tuple[AccountId, UploadId]]:
        """At most `limit` uploads whose due_at has come, the longest due first within each shard.

        A hint: it may lag, so the upload itself decides. May raise Unavailable.
        """
