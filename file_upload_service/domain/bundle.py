"""Many small files at once: one plan, one proof, one round of commits, and a result for each.

    open ──► ended              every file is committed
    open ──► ending ──► ended   some never will be: their bytes are freed

Nothing here is worked on under a lease: every step is harmless if two take it, and of two who write the row one is told
to look again. Which files there are is decided once, by each file's own blob: whoever comes first, its Commit or its
Abandon.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from chassis.errors import InvalidArgument
from file_upload_service.domain.content import SHA256_BYTES
from file_upload_service.domain.ids import AccountId, BlobId, DriveId, UploadId, blob_key
from file_upload_service.domain.layout import Plan, plan_for
from file_upload_service.domain.outcome import Committed, Failure
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.target import Target

MAX_FILES = 100


class BundleState(StrEnum):
    OPEN = "open"
    ENDING = "ending"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledFile:
    """`failure`: why it will never be a file. `abandoned`: metadata knows that it never will be."""

    target: Target
    size_bytes: int
    content_type: str
    sha256: bytes
    committed: Committed | None = None
    failure: Failure | None = None
    abandoned: bool = False

    @property
    def plan(self) -> Plan:
        return plan_for(self.size_bytes)

    @property
    def is_decided(self) -> bool:
        return self.committed is not None or self.failure is not None

    def is_now(self, outcome: Committed | Failure) -> Self:
        """Decided. What it has become it stays, and what the id made of other bytes before is not this file."""
        if self.committed is not None or (self.failure is not None and self.failure.lasting):
            return self
        if isinstance(outcome, Failure):
            return replace(self, failure=self.failure or outcome)
        return replace(self, committed=outcome, failure=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Files are numbered from 1. `writes`: how often the row was written; who writes must have seen the last."""

    id: UploadId
    account_id: AccountId
    drive_id: DriveId
    files: tuple[BundledFile, ...]
    request_hash: str
    created_at: datetime
    expires_at: datetime
    signed_until: datetime
    due_at: datetime
    state: BundleState = BundleState.OPEN
    writes: int = 0
    attempts: int = 0
    ended_at: datetime | None = None
    cleaned: bool = False

    @property
    def key_prefix(self) -> str:
        """All its objects' keys begin with it, and nobody else's."""
        return blob_key(BlobId(f"{self.id}."))

    @property
    def counts_in_budget(self) -> bool:
        return self.state is not BundleState.ENDED

    @property
    def undecided(self) -> tuple[int, ...]:
        return tuple(number for number, file in enumerate(self.files, 1) if not file.is_decided)

    @property
    def to_abandon(self) -> tuple[int, ...]:
        return tuple(
            number for number, file in enumerate(self.files, 1) if file.failure and not file.abandoned
        )

    @property
    def abandoned(self) -> tuple[int, ...]:
        return tuple(number for number, file in enumerate(self.files, 1) if file.abandoned)

    def file(self, number: int) -> BundledFile:
        return self.files[number - 1]

    def blob_id(self, number: int) -> BlobId:
        return BlobId(f"{self.id}.{number}")

    def key(self, number: int) -> str:
        return blob_key(self.blob_id(number))

    def signing(self, now: datetime, policy: Policy) -> "Bundle":
        """Ready for URLs to be signed now: the row must say for how long bytes can arrive."""
        if now + policy.upload_url_life <= self.signed_until:
            return self
        return self._written(signed_until=now + policy.upload_url_life + policy.upload_url_slack)

    def after(self, outcomes: Mapping[int, Committed | Failure], now: datetime, policy: Policy) -> "Bundle":
        """With what became of these files; over once nothing is left to be decided."""
        files = tuple(
            file.is_now(outcomes[number]) if number in outcomes else file
            for number, file in enumerate(self.files, 1)
        )
        known = self._written(files=files, attempts=0)
        if known.undecided or self.state is not BundleState.OPEN:
            return known
        if known.to_abandon:
            return replace(known, state=BundleState.ENDING, due_at=now)
        return _over(known, now, cleaned=True, due_at=now + policy.ended_life)

    def given_up(self, failure: Failure, now: datetime, policy: Policy) -> "Bundle":
        """No file more is made of it."""
        return self.after(dict.fromkeys(self.undecided, failure), now, policy)

    def ended(self, kept: Mapping[int, Committed], now: datetime, policy: Policy) -> "Bundle":
        """Those that metadata had committed before it was asked to abandon them are files; the others' bytes are gone,
        but late ones may still arrive."""
        files = tuple(
            file.is_now(kept[number]) if number in kept else replace(file, abandoned=file.failure is not None)
            for number, file in enumerate(self.files, 1)
        )
        late = max(self.signed_until, now) + policy.late_bytes_margin
        return _over(self._written(files=files), now, cleaned=False, due_at=late)

    def swept(self, policy: Policy) -> "Bundle":
        """Late bytes are gone, too; the row stays a while for its owner to read."""
        assert self.ended_at is not None
        return self._written(
            cleaned=True, attempts=0, due_at=max(self.due_at, self.ended_at + policy.ended_life)
        )

    def postponed(self, now: datetime, policy: Policy) -> "Bundle":
        """A try came to nothing for a passing reason."""
        attempts = self.attempts + 1
        return self._written(attempts=attempts, due_at=now + policy.pause_after(attempts))

    def _written(self, **changes: object) -> "Bundle":
        return replace(self, writes=self.writes + 1, **changes)  # type: ignore[arg-type]  # names are this class's


def _over(bundle: Bundle, now: datetime, *, cleaned: bool, due_at: datetime) -> Bundle:
    return replace(bundle, state=BundleState.ENDED, ended_at=now, cleaned=cleaned, due_at=due_at, attempts=0)


def check_files(files: Sequence[BundledFile]) -> None:
    """Raises InvalidArgument for none, for more than 100, for one of several parts, and for what cannot be a size or
    a hash."""
    if not 0 < len(files) <= MAX_FILES:
        raise InvalidArgument(f"A bundle has 1 to {MAX_FILES} files.")
    if any(len(file.sha256) != SHA256_BYTES for file in files):
        raise InvalidArgument("A file's SHA-256 has 32 bytes.")
    if any(file.plan.is_multipart for file in files):
        raise InvalidArgument("A file of more than 8 MiB goes by an upload of its own.")
