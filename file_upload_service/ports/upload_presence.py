"""Which uploads there still are."""

from collections.abc import Collection
from typing import Protocol

from file_upload_service.domain.ids import UploadId


class UploadPresence(Protocol):
    async def present(self, upload_ids: Collection[UploadId]) -> set[UploadId]:
        """Those that have a row, consistently, whoever's they are: somebody looks after what they hold.

        Raises Unavailable.
        """
