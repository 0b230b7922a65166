"""Signed URLs that give a file's bytes."""

from typing import Protocol

from api_gateway.domain.identity import Caller
from api_gateway.domain.uploads import Download, Reach


class Downloads(Protocol):
    """Refusals are RemoteError with the service's code; Unavailable means that nobody answered."""

    async def sign_download(
        self, caller: Caller, node_id: str, reach: Reach, *, version: int | None
    ) -> Download:
        """Of the current version if `version` is None."""
        ...
