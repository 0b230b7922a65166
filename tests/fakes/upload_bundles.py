"""Bundles in memory, with the table's promises: one count of open uploads per account, shared with uploads."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from file_upload_service.domain.bundle import Bundle
from file_upload_service.domain.errors import BundleNotFound, TooManyUploads
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.ports.bundles import BundleStarted
from file_upload_service.ports.uploads import UploadMoved


class InMemoryBundleRepository:
    """The ports BundleRepository and DueUploads."""

    def __init__(self, open_count: Counter[AccountId]) -> None:
        self.bundles: dict[tuple[AccountId, UploadId], Bundle] = {}
        self.open_count = open_count

    async def start(self, bundle: Bundle, *, budget: int) -> None:
        key = (bundle.account_id, bundle.id)
        if key in self.bundles:
            raise BundleStarted(self.bundles[key])
        if bundle.counts_in_budget:
            if self.open_count[bundle.account_id] >= budget:
                raise TooManyUploads
            self.open_count[bundle.account_id] += 1
        self.bundles[key] = bundle

    async def get(self, account_id: AccountId, bundle_id: UploadId) -> Bundle:
        try:
            return self.bundles[account_id, bundle_id]
        except KeyError:
            raise BundleNotFound from None

    async def save(self, before: Bundle, after: Bundle) -> Bundle:
        key = (before.account_id, before.id)
        if key not in self.bundles or self.bundles[key].writes != before.writes:
            raise UploadMoved
        self.bundles[key] = after
        if before.counts_in_budget and not after.counts_in_budget:
            self.open_count[before.account_id] -= 1
        return after

    async def drop(self, bundle: Bundle) -> None:
        key = (bundle.account_id, bundle.id)
        if key in self.bundles and self.bundles[key].writes != bundle.writes:
            raise UploadMoved
        self.bundles.pop(key, None)

    async def due(self, now: datetime, *, limit: int) -> Sequence[tuple[AccountId, UploadId]]:
        due = sorted((it for it in self.bundles.values() if it.due_at <= now), key=lambda it: it.due_at)
        return [(bundle.account_id, bundle.id) for bundle in due[:limit]]
