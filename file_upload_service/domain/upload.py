"""The session that turns bytes into a blob, and the blob into a version of a file.

    open ──► assembling ──► stored ──► committed
      └─(one part)──────────►┘
      └─(its content is known)─►┘   (and back, if the known bytes have gone before the commit)
    open, assembling, stored ──► aborting ──► aborted | failed | committed

Whoever takes a step writes it down first. `assembling` and `stored` are worked on under a lease, whose
fencing token grows each time it changes hands; a holder that was overtaken can write nothing more. `aborting`
is decided once and for all: only in it, and after it, is anything in S3 destroyed, and only after metadata
has abandoned the blob.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from file_upload_service.domain.errors import AlreadyAborted, AlreadyCommitted, UploadNotOpen
from file_upload_service.domain.ids import AccountId, BlobId, DriveId, UploadId, blob_key
from file_upload_service.domain.known import Known
from file_upload_service.domain.layout import Plan
from file_upload_service.domain.lease import Lease, LeaseHeld
from file_upload_service.domain.outcome import Committed, Failure
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.target import Target


class UploadState(StrEnum):
    OPEN = "open"
    ASSEMBLING = "assembling"
    STORED = "stored"
    COMMITTED = "committed"
    ABORTING = "aborting"
    ABORTED = "aborted"
    FAILED = "failed"


UNFINISHED = frozenset({UploadState.OPEN, UploadState.ASSEMBLING, UploadState.STORED})
BEING_FINISHED = frozenset({UploadState.ASSEMBLING, UploadState.STORED})
ENDED = frozenset({UploadState.COMMITTED, UploadState.ABORTED, UploadState.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One upload. Methods return its next state, and never reach outside.

    `known`: another blob's bytes become the file; what was sent for this one goes. `abandoned`: nothing is made of what
    lies under its own key, and never will be.
    """

    id: UploadId
    account_id: AccountId
    drive_id: DriveId
    target: Target
    content_type: str
    plan: Plan
    request_hash: str
    created_at: datetime
    expires_at: datetime
    signed_until: datetime
    due_at: datetime
    state: UploadState = UploadState.OPEN
    multipart_id: str | None = None
    fence: int = 0
    lease: Lease | None = None
    attempts: int = 0
    stored_at: datetime | None = None
    ended_at: datetime | None = None
    abandoned: bool = False
    cleaned: bool = False
    committed: Committed | None = None
    failure: Failure | None = None
    known: Known | None = None

    @property
    def blob_id(self) -> BlobId:
        return BlobId(self.id)

    @property
    def key(self) -> str:
        return blob_key(self.blob_id)

    @property
    def counts_in_budget(self) -> bool:
        return self.state not in ENDED

    def is_leased(self, now: datetime) -> bool:
        return self.lease is not None and now < self.lease.until

    def require_open(self) -> None:
        """Raises UploadNotOpen."""
        if self.state is not UploadState.OPEN:
            raise UploadNotOpen("This upload takes no more parts.")

    def signing(self, now: datetime, policy: Policy) -> Self:
        """Ready for URLs to be signed now: the row must say for how long bytes can arrive. Raises UploadNotOpen."""
        self.require_open()
        if now + policy.upload_url_life <= self.signed_until:
            return self
        return replace(self, signed_until=now + policy.upload_url_life + policy.upload_url_slack)

    def with_multipart(self, multipart_id: str) -> Self:
        """S3 has opened its side. Raises UploadNotOpen."""
        self.require_open()
        return replace(self, multipart_id=multipart_id)

    def closed(self, size_bytes: int) -> Self:
        """A stream's length is known now. Of two who say it one looks again, for the fencing token grows. Raises
        LengthDecided, FileTooLarge, InvalidArgument."""
        plan = self.plan.closed(size_bytes)
        return self if plan is self.plan else replace(self, plan=plan, fence=self.fence + 1)

    def taken(self, holder: str, now: datetime, policy: Policy) -> Self:
        """Under a new lease, with a higher fencing token. Raises LeaseHeld while another's lasts."""
        if self.is_leased(now):
            raise LeaseHeld
        return self._overtaken(holder, now, policy)

    def renewed(self, now: datetime, policy: Policy) -> Self:
        """The same holder goes on."""
        assert self.lease is not None
        until = now + policy.lease
        return replace(self, lease=replace(self.lease, until=until), due_at=until)

    def postponed(self, now: datetime, policy: Policy) -> Self:
        """A try came to nothing for a passing reason: whoever comes first after a pause goes on."""
        attempts = self.attempts + 1
        return replace(self, lease=None, attempts=attempts, due_at=now + policy.pause_after(attempts))

    def assembling(self, holder: str, now: datetime, policy: Policy) -> Self:
        """About to be put together. Raises UploadNotOpen."""
        self.require_open()
        return replace(self.taken(holder, now, policy), state=UploadState.ASSEMBLING, attempts=0)

    def reopened(self) -> Self:
        """S3 lacks parts that were reported, or the bytes that were known are gone: the client sends them."""
        assert self.state is UploadState.ASSEMBLING or self.known is not None
        return replace(self, state=UploadState.OPEN, lease=None, attempts=0, due_at=self.expires_at,
                       stored_at=None, known=None)  # fmt: skip

    def known_as(self, known: Known, holder: str, now: datetime, policy: Policy) -> Self:
        """Its content is proven to be in S3, as another blob. Raises UploadNotOpen."""
        self.require_open()
        return replace(self.taken(holder, now, policy), known=known).stored(now)

    def stored(self, now: datetime) -> Self:
        """Proven to be in S3, whole and right; the lease goes on."""
        assert self.state in {UploadState.OPEN, UploadState.ASSEMBLING}
        assert self.lease is not None
        return replace(self, state=UploadState.STORED, stored_at=now, attempts=0, failure=None)

    def redirected(self, target: Target) -> Self:
        """The client has chosen where it shall go after all; an earlier refusal is forgotten."""
        assert self.state in UNFINISHED
        return replace(self, target=target, failure=None)

    def refused(self, failure: Failure, policy: Policy) -> Self:
        """Metadata will not have it there: it waits for another place."""
        assert self.state is UploadState.STORED
        assert self.stored_at is not None
        return replace(
            self, failure=failure, lease=None, attempts=0, due_at=self.stored_at + policy.stored_life
        )

    def as_committed(self, committed: Committed, now: datetime, policy: Policy) -> Self:
        """It is a file, whatever else was intended. If that has another blob's bytes, what came under its own key goes.

        Its own intention does not decide that: under a `command_id` that was used before, an earlier commit may have
        made the file of what lies under this very key.
        """
        assert self.state in {UploadState.STORED, UploadState.ABORTING}
        over = replace(self._over(UploadState.COMMITTED, now), committed=committed, failure=None)
        if committed.blob_id in {None, self.blob_id}:
            return replace(over, due_at=now + policy.ended_life)
        return replace(over, abandoned=True, due_at=self._late_bytes_end(now, policy))

    def aborting(self, holder: str, now: datetime, policy: Policy, *, failure: Failure | None = None) -> Self:
        """Decided: it ends without becoming a file, unless it already has. Overtakes whoever works on it.

        Raises AlreadyCommitted, AlreadyAborted.
        """
        if self.state is UploadState.COMMITTED:
            raise AlreadyCommitted("This upload has become a file.")
        if self.state not in UNFINISHED:
            raise AlreadyAborted("This upload has ended.")
        overtaken = self._overtaken(holder, now, policy)
        return replace(overtaken, state=UploadState.ABORTING, attempts=0, failure=failure or self.failure)

    def ended(self, now: datetime, policy: Policy) -> Self:
        """The blob is abandoned and what S3 held is gone; late bytes may still arrive."""
        assert self.state is UploadState.ABORTING
        failed = self.failure is not None and self.failure.lasting
        over = self._over(UploadState.FAILED if failed else UploadState.ABORTED, now)
        return replace(over, abandoned=True, due_at=self._late_bytes_end(now, policy))

    def failed_beside_a_file(self, now: datetime, policy: Policy) -> Self:
        """It failed for good, yet its blob is a file: the command_id was used before.

        Nothing may be destroyed.
        """
        assert self.state is UploadState.ABORTING
        return replace(self._over(UploadState.FAILED, now), cleaned=True, due_at=now + policy.ended_life)

    def swept(self, policy: Policy) -> Self:
        """Late bytes are gone too; the row stays a while for its owner to read."""
        assert self.abandoned
        assert self.ended_at is not None
        return replace(
            self, cleaned=True, attempts=0, due_at=max(self.due_at, self.ended_at + policy.ended_life)
        )

    def _late_bytes_end(self, now: datetime, policy: Policy) -> datetime:
        return max(self.signed_until, now) + policy.late_bytes_margin

    def _overtaken(self, holder: str, now: datetime, policy: Policy) -> Self:
        until = now + policy.lease
        return replace(self, fence=self.fence + 1, lease=Lease(holder, until), due_at=until)

    def _over(self, state: UploadState, now: datetime) -> Self:
        return replace(self, state=state, lease=None, attempts=0, ended_at=now)
