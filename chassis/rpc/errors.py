"""One of the two tables of status codes: what sort of trouble is which gRPC status, both ways.

`stowage-kind` and `stowage-code` travel as trailing metadata beside the status. Without them no handler of
ours answered: UNAVAILABLE, DEADLINE_EXCEEDED and CANCELLED mean UNAVAILABLE, all else INTERNAL.
"""

from collections.abc import Iterable, Mapping

import grpc

from chassis.errors import DomainError, Kind, RemoteError, Unavailable

KIND_KEY = "stowage-kind"
CODE_KEY = "stowage-code"
RETRY_AFTER_KEY = "retry-after-ms"

STATUS_OF_KIND: Mapping[Kind, grpc.StatusCode] = {
    Kind.INVALID: grpc.StatusCode.INVALID_ARGUMENT,
    Kind.UNAUTHENTICATED: grpc.StatusCode.UNAUTHENTICATED,
    Kind.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
    Kind.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Kind.CONFLICT: grpc.StatusCode.FAILED_PRECONDITION,
    Kind.STALE: grpc.StatusCode.ABORTED,
    Kind.TOO_LARGE: grpc.StatusCode.OUT_OF_RANGE,
    Kind.QUOTA: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Kind.THROTTLED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Kind.UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    Kind.INTERNAL: grpc.StatusCode.INTERNAL,
}

KIND_OF_BARE_STATUS: Mapping[grpc.StatusCode, Kind] = {
    status: Kind.UNAVAILABLE
    if status in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED)
    else Kind.INTERNAL
    for status in grpc.StatusCode
}

Metadata = tuple[tuple[str, str], ...]


def status_of(error: DomainError) -> grpc.StatusCode:
    """The status that a refusal travels under. A taken name is ALREADY_EXISTS, other conflicts are states."""
    if error.kind is Kind.CONFLICT and error.code.endswith("_taken"):
        return grpc.StatusCode.ALREADY_EXISTS
    return STATUS_OF_KIND[error.kind]


def metadata_of(error: DomainError) -> Metadata:
    """The trailing metadata that lets the caller raise the same refusal."""
    pairs = ((KIND_KEY, error.kind.value), (CODE_KEY, error.code))
    if error.retry_after_seconds is None:
        return pairs
    return (*pairs, (RETRY_AFTER_KEY, str(round(error.retry_after_seconds * 1000))))


def error_from(
    status: grpc.StatusCode,
    details: str | None,
    trailing: Iterable[tuple[str, str | bytes]],
    *,
    service: str = "The service",
) -> DomainError:
    """What the answer of `service` means here: Unavailable, or RemoteError with its kind and code."""
    pairs = {key: value for key, value in trailing if isinstance(value, str)}
    try:
        kind, code = Kind(pairs.get(KIND_KEY, "")), pairs.get(CODE_KEY, "")
    except ValueError:
        kind, code = KIND_OF_BARE_STATUS[status], ""
        details = None  # grpc's own words name addresses: for the log, not for the caller
    retry_after = _seconds(pairs.get(RETRY_AFTER_KEY))
    if kind is Kind.UNAVAILABLE:
        return Unavailable(details or f"{service} does not answer.", retry_after_seconds=retry_after)
    return RemoteError(kind, code or kind.value.lower(), details or "", retry_after_seconds=retry_after)


def refusal_of(kind: str, code: str, detail: str, *, retry_after_seconds: float | None = None) -> DomainError:
    """One of many that was refused, as an answer spells it out: Unavailable, or RemoteError with its kind and code."""
    try:
        known = Kind(kind)
    except ValueError:
        known = Kind.INTERNAL
    if known is Kind.UNAVAILABLE:
        return Unavailable(detail, retry_after_seconds=retry_after_seconds)
    return RemoteError(known, code, detail, retry_after_seconds=retry_after_seconds)


def refusal_in(group: BaseExceptionGroup[BaseException]) -> DomainError | None:
    """What a TaskGroup meant, if all that failed in it are refusals: the first of them."""
    refusals, rest = group.split(DomainError)
    if refusals is None or rest is not None:
        return None
    first = refusals.exceptions[0]
    return first if isinstance(first, DomainError) else refusal_in(first)


def _seconds(milliseconds: str | None) -> float | None:
    if milliseconds is None or not milliseconds.isascii() or not milliseconds.isdigit():
        return None
    return int(milliseconds) / 1000
