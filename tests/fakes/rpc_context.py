"""The server's side of one call, as a guarded handler sees it."""

from collections.abc import Iterable, Mapping

import grpc

from chassis.rpc.errors import Metadata


class InMemoryContext:
    """Remembers how the call was aborted; `abort` raises as grpc's does."""

    def __init__(
        self,
        *,
        names: tuple[str, ...] = ("api-gateway",),
        metadata: Mapping[str, str] | None = None,
        remaining_seconds: float | None = 5.0,
    ) -> None:
        self._names = names
        self._metadata = tuple((metadata or {}).items())
        self._remaining_seconds = remaining_seconds
        self.status: grpc.StatusCode | None = None
        self.details = ""
        self.trailing: dict[str, str] = {}

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        return self._metadata

    def auth_context(self) -> Mapping[str, Iterable[bytes]]:
        return {"x509_subject_alternative_name": [name.encode() for name in self._names]}

    def time_remaining(self) -> float | None:
        return self._remaining_seconds

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Metadata = ()) -> None:
        self.status, self.details, self.trailing = code, details, dict(trailing_metadata)
        raise grpc.aio.AbortError
