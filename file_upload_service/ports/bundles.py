"""Where bundles are remembered."""

from typing import Protocol

from file_upload_service.domain.bundle import Bundle
from file_upload_service.domain.ids import AccountId, UploadId


class BundleStarted(Exception):
    """There is a bundle with this id; it is `existing`."""

    def __init__(self, existing: Bundle) -> None:
        super().__init__(existing.id)
        self.existing = existing


class BundleRepository(Protocol):
    """Reads are consistent. Every method may raise Unavailable: of a write, the outcome is then unknown.

    A write that answers has happened once, also if an answer was lost and it had to be sent again.
    """

    async def start(self, bundle: Bundle, *, budget: int) -> None:
        """Writes the bundle, and one more in the account's count of open uploads, both or neither.

        Raises BundleStarted, and TooManyUploads if the account has `budget` open ones already.
        """

    async def get(self, account_id: AccountId, bundle_id: UploadId) -> Bundle:
        """Raises BundleNotFound, also for another account's."""

    async def save(self, before: Bundle, after: Bundle) -> Bundle:
        """Writes it if nobody has written since `before`; answers `after`. When it ends, the account's count of open
        uploads goes down in the same transaction. Raises UploadMoved, also if the row is gone."""

    async def drop(self, bundle: Bundle) -> None:
        """Forgets an ended bundle. Repeating it is harmless. Raises UploadMoved unless it is as it was."""
