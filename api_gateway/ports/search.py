"""Search by name, as the metadata service keeps its index."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At, FoundPage, FoundType


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """None: any. Of times, `before` is exclusive. `folder_id`: below it, however deep."""

    text: str
    type: FoundType | None
    min_size: int | None
    max_size: int | None
    after: datetime | None
    before: datetime | None
    folder_id: str | None


class Search(Protocol):
    """Refusals are RemoteError with the service's code; Unavailable means that nobody answered."""

    async def find(self, caller: Caller, sought: Sought, *, limit: int, cursor: str) -> At[FoundPage]: ...

    async def recent(self, caller: Caller, *, limit: int, cursor: str) -> At[FoundPage]: ...
