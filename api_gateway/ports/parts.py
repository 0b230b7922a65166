"""The parts of an upload, as the upload service keeps them."""

from collections.abc import Sequence
from typing import Protocol

from api_gateway.domain.identity import Caller
from api_gateway.domain.uploads import PartClaim, PartReport, Reach, SignedParts


class Parts(Protocol):
    """Refusals are RemoteError with the service's code; Unavailable means that nobody answered. Every call may be
    repeated."""

    async def sign(
        self,
        caller: Caller,
        upload_id: str,
        parts: Sequence[PartClaim],
        reach: Reach,
        *,
        size: int | None = None,
        offset: int | None = None,
    ) -> SignedParts:
        """Claims each number for the bytes with this hash, for ever. `size`: how long a stream is, once known.
        `offset`: where it ended for whoever makes a part of its tail."""
        ...

    async def report(
        self,
        caller: Caller,
        upload_id: str,
        parts: Sequence[PartReport],
        *,
        durable: bool = False,
        offset: int | None = None,
    ) -> None:
        """`durable`: once this answers, a power cut does not take them away. `offset`: as above; the part takes the
        place of no byte that others appended since."""
        ...
