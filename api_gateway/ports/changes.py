"""Port: what happened to drives."""

from typing import Protocol

from api_gateway.domain.changes import ChangePage
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At


class Changes(Protocol):
    async def page(self, caller: Caller, *, cursor: str, limit: int) -> At[ChangePage]:
        """Behind the cursor, oldest first, without a gap or a double; without a cursor nothing but one: from now.

        Refusals are RemoteError with the service's code: `cursor_invalid`, `cursor_reset`. Unavailable means that
        nobody answered.
        """
        ...
