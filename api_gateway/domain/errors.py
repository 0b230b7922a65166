"""What the gateway itself refuses; everything else is the answer of a service.

DomainError
├── SessionEnded
├── RevisionStale
├── RangeNotSatisfiable
├── RelayBusy
├── TooManyRelays
├── TooManyListeners
├── PartTooLarge
├── FileTooLargeForForm
├── FileMissing
├── ZipTooLarge
├── BodyTooSlow
├── StepRefused
└── InvalidArgument
    ├── PathInvalid
    ├── PartLengthWrong
    └── PartRefused
"""

from chassis.errors import DomainError, InvalidArgument, Kind


class SessionEnded(DomainError):
    """The token is sound, but its session was ended."""

    kind = Kind.UNAUTHENTICATED
    code = "session_ended"


class RevisionStale(DomainError):
    """An entity tag that no node of ours can have, so it is not the current one."""

    kind = Kind.STALE
    code = "revision_stale"


class RangeNotSatisfiable(DomainError):
    """All ranges begin behind the file's end, or there are too many."""

    kind = Kind.INVALID
    code = "range_not_satisfiable"

    def __init__(self, detail: str = "", *, size_bytes: int | None = None) -> None:
        super().__init__(detail)
        self.size_bytes = size_bytes


class OffsetWrong(DomainError):
    """The stream does not end there. `offset`: where it does."""

    kind = Kind.CONFLICT
    code = "offset_wrong"

    def __init__(self, offset: int) -> None:
        super().__init__(f"The stream has {offset} bytes by now: go on from there.")
        self.offset = offset


class RelayBusy(DomainError):
    """Too many parts without a hash are being held already; send the hash, or come back."""

    kind = Kind.THROTTLED
    code = "relay_busy"


class TooManyRelays(DomainError):
    """As many transfers of the account pass through this server as may."""

    kind = Kind.THROTTLED
    code = "too_many_relays"


class TooManyListeners(DomainError):
    """The account waits for changes in as many places as it may."""

    kind = Kind.THROTTLED
    code = "too_many_listeners"


class PartTooLarge(DomainError):
    """A part of more than 8 MiB is not held: its hash must come before its bytes."""

    kind = Kind.TOO_LARGE
    code = "part_hash_needed"


class FileTooLargeForForm(DomainError):
    """Only small files go many at once: this one needs an upload of its own."""

    kind = Kind.TOO_LARGE
    code = "too_large_for_form"


class FileMissing(DomainError):
    """The form planned the file and did not bring it."""

    kind = Kind.CONFLICT
    code = "parts_missing"


class ZipTooLarge(DomainError):
    """A path, or the directory of an archive, is longer than a zip may have here."""

    kind = Kind.TOO_LARGE
    code = "zip_too_large"


class BodyTooSlow(DomainError):
    """Not enough of a body arrived in time."""

    kind = Kind.INVALID
    code = "request_timeout"


class PathInvalid(InvalidArgument):
    """A path whose segments cannot be names."""

    code = "path_invalid"


class TimeInvalid(InvalidArgument):
    """Written as a time, and yet none: the 31st of February."""

    code = "time_invalid"


class PartLengthWrong(InvalidArgument):
    """The body is not as long as the part of this number is."""

    code = "part_length_wrong"


class PartRefused(InvalidArgument):
    """Storage refused the bytes: they are not the ones that were announced."""

    code = "part_refused"


class StepRefused(DomainError):
    """One of several steps may not be, so none was done: of the kind and code of `refusal`. `step`: from 0."""

    def __init__(self, step: int, refusal: DomainError) -> None:
        super().__init__(refusal.detail, retry_after_seconds=refusal.retry_after_seconds)
        # Instance values over the class's: it is every kind there is.
        self.kind = refusal.kind  # type: ignore[misc]  # ClassVar by design for all others
        self.code = refusal.code  # type: ignore[misc]  # same
        self.step = step
