"""Signed URLs that give a file's bytes."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from api_gateway.domain.identity import Caller
from api_gateway.domain.uploads import Download, Reach
from chassis.errors import DomainError

# Which file, in which version.
Wanted: TypeAlias = tuple[str, int]


class Downloads(Protocol):
    """Refusals are RemoteError with the service's code; Unavailable means that nobody answered."""

    async def sign_download(
        self, caller: Caller, node_id: str, reach: Reach, *, version: int | None
    ) -> Download:
        """Of the current version if `version` is None."""
        ...

    async def sign_downloads(
        self, caller: Caller, wanted: Sequence[Wanted], reach: Reach
    ) -> Sequence[Download | DomainError]:
        """Up to 100 at one moment, an answer for each. Raises RemoteError, Unavailable if there is none at all."""
        ...
