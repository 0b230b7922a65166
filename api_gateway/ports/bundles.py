"""Many small files at once, as the upload service keeps them."""

from collections.abc import Sequence
from typing import Protocol

from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At
from api_gateway.domain.uploads import Bundle, NewBundledFile, Reach


class Bundles(Protocol):
    """Refusals of the whole are RemoteError with the service's code; Unavailable means that nobody answered. Every call
    may be repeated."""

    async def start(
        self, caller: Caller, files: Sequence[NewBundledFile], *, command_id: str, reach: Reach
    ) -> Bundle: ...

    async def complete(self, caller: Caller, bundle_id: str) -> At[Bundle]: ...

    async def abort(self, caller: Caller, bundle_id: str) -> At[Bundle]: ...
