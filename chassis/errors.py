"""The errors that travel: from a domain rule through gRPC and HTTP to the person who can act on it.

DomainError
├── one subclass per thing a caller can act on, in each service's `domain`
├── Unavailable        a dependency did not answer; of a mutation: the outcome is unknown
└── RemoteError        what another service answered, kind and code as it sent them
"""

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What sort of trouble it is; decides the status in gRPC and HTTP (the two tables of `errors.py` there)."""

    INVALID = "INVALID"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    STALE = "STALE"
    TOO_LARGE = "TOO_LARGE"
    QUOTA = "QUOTA"
    THROTTLED = "THROTTLED"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


class DomainError(Exception):
    """A refusal that the caller can act on.

    `detail` is for people: no keys, table names or stack text. `code` is stable and for programs.
    """

    kind: ClassVar[Kind] = Kind.INTERNAL
    code: ClassVar[str] = "internal"

    def __init__(self, detail: str = "", *, retry_after_seconds: float | None = None) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds


class InvalidArgument(DomainError):
    """A request that no state of the system could accept."""

    kind = Kind.INVALID
    code = "invalid_argument"


class Unauthenticated(DomainError):
    """No token, or one that proves nothing."""

    kind = Kind.UNAUTHENTICATED
    code = "unauthenticated"


class CallerNotAllowed(DomainError):
    """The service that calls may not call this rpc."""

    kind = Kind.FORBIDDEN
    code = "caller_not_allowed"


class Unavailable(DomainError):
    """A dependency did not answer in time. Of a mutation the outcome is unknown; repeating it is safe."""

    kind = Kind.UNAVAILABLE
    code = "unavailable"


class RemoteError(DomainError):
    """What another service answered, with the kind and code that it sent."""

    def __init__(
        self, kind: Kind, code: str, detail: str = "", *, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(detail, retry_after_seconds=retry_after_seconds)
        # Instance values over the class's: a remote error is every kind there is.
        self.kind = kind  # type: ignore[misc]  # ClassVar by design for all others
        self.code = code  # type: ignore[misc]  # same
