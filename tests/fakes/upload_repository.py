"""Uploads in memory, with the table's promises: conditional writes, one count of open uploads per account."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime

from file_upload_service.domain.errors import (
    CursorInvalid,
    PartClaimed,
    PartNotSigned,
    TooManyUploads,
    UploadNotFound,
)
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.part import Part, PartClaim, PartReport
from file_upload_service.domain.stream import number_at
from file_upload_service.domain.tail import Segment, Tail
from file_upload_service.domain.upload import UNFINISHED, Upload
from file_upload_service.ports.uploads import AlreadyStarted, UploadMoved, UploadPage

UNLEASED = ("signed_until", "multipart_id")
Key = tuple[AccountId, UploadId]


class InMemoryUploadRepository:
    """The ports UploadRepository, PartRepository and DueUploads. `tails` keeps what InMemoryTails does."""

    def __init__(self) -> None:
        self.uploads: dict[Key, Upload] = {}
        self.parts: dict[Key, dict[int, Part]] = {}
        self.tails: dict[Key, Tail] = {}
        self.open_count: Counter[AccountId] = Counter()

    async def start(self, upload: Upload, claims: Sequence[PartClaim], *, budget: int) -> None:
        key = (upload.account_id, upload.id)
        if key in self.uploads:
            raise AlreadyStarted(self.uploads[key])
        if self.open_count[upload.account_id] >= budget:
            raise TooManyUploads
        self.uploads[key] = upload
        self.open_count[upload.account_id] += 1
        self.parts[key] = {claim.number: Part(claim.number, claim.sha256) for claim in claims}

    async def get(self, account_id: AccountId, upload_id: UploadId) -> Upload:
        try:
            return self.uploads[account_id, upload_id]
        except KeyError:
            raise UploadNotFound from None

    async def load(self, account_id: AccountId, upload_id: UploadId) -> tuple[Upload, tuple[Part, ...]]:
        upload = await self.get(account_id, upload_id)
        parts = self.parts[account_id, upload_id]
        return upload, tuple(parts[number] for number in sorted(parts))

    async def save(self, before: Upload, after: Upload) -> Upload:
        key = (before.account_id, before.id)
        current = self.uploads.get(key)
        changed = {
            field.name: getattr(after, field.name)
            for field in fields(Upload)
            if getattr(before, field.name) != getattr(after, field.name)
        }
        guarded = ["state", "fence", *(name for name in UNLEASED if name in changed)]
        if current is None or any(getattr(current, name) != getattr(before, name) for name in guarded):
            raise UploadMoved
        stands = replace(current, **changed)
        self.uploads[key] = stands
        if before.counts_in_budget and not after.counts_in_budget:
            self.open_count[before.account_id] -= 1
        return stands

    async def drop(self, upload: Upload) -> None:
        self.parts.pop((upload.account_id, upload.id), None)
        self.tails.pop((upload.account_id, upload.id), None)
        self.uploads.pop((upload.account_id, upload.id), None)

    async def list_unfinished(self, account_id: AccountId, *, limit: int, cursor: str | None) -> UploadPage:
        mine = [
            upload
            for upload in self.uploads.values()
            if upload.account_id == account_id and upload.state in UNFINISHED
        ]
        mine.sort(key=lambda upload: (upload.created_at, upload.id), reverse=True)
        owner, _, place = (cursor or f"{account_id} 0").partition(" ")
        if owner != account_id or not place.isdecimal():
            raise CursorInvalid
        start = int(place)
        more = f"{account_id} {start + limit}" if start + limit < len(mine) else None
        return UploadPage(tuple(mine[start : start + limit]), more)

    async def claim(self, upload: Upload, claims: Sequence[PartClaim]) -> None:
        parts = self.parts.setdefault((upload.account_id, upload.id), {})
        for claim in claims:
            if claim.number in parts and parts[claim.number].sha256 != claim.sha256:
                raise PartClaimed
        for claim in claims:
            parts.setdefault(claim.number, Part(claim.number, claim.sha256))

    async def report(
        self, upload: Upload, reports: Sequence[PartReport], *, tail: Tail | None = None
    ) -> None:
        key = (upload.account_id, upload.id)
        parts = self.parts.get(key, {})
        if any(report.number not in parts for report in reports):
            raise PartNotSigned
        if tail is not None and self.tails.get(key, Tail()).writes != tail.writes:
            raise UploadMoved
        for report in reports:
            parts[report.number] = replace(parts[report.number], etag=report.etag)

    async def due(self, now: datetime, *, limit: int) -> Sequence[tuple[AccountId, UploadId]]:
        due = sorted(
            (upload for upload in self.uploads.values() if upload.due_at <= now),
            key=lambda upload: upload.due_at,
        )
        return [(upload.account_id, upload.id) for upload in due[:limit]]


class InMemoryTails:
    """The port TailRepository, beside the uploads that it looks at."""

    def __init__(self, repository: InMemoryUploadRepository) -> None:
        self._repository = repository

    async def load(self, upload: Upload) -> Tail:
        return self._repository.tails.get((upload.account_id, upload.id), Tail())

    async def save(self, upload: Upload, before: Tail, after: Tail, new: Segment) -> None:
        key = (upload.account_id, upload.id)
        current = self._repository.uploads.get(key)
        if current is None or (current.state, current.fence) != (upload.state, upload.fence):
            raise UploadMoved
        if self._repository.tails.get(key, Tail()).writes != before.writes:
            raise UploadMoved
        part = self._repository.parts.get(key, {}).get(number_at(new.start))
        if part is not None and part.etag is not None:
            raise UploadMoved
        self._repository.tails[key] = after
