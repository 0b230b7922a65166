"""Uploads, as the upload service keeps them."""

from collections.abc import Sequence
from typing import Protocol

from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At
from api_gateway.domain.uploads import (
    Destination,
    KnownContent,
    KnownUpload,
    PartClaim,
    PartReport,
    StartedUpload,
    Upload,
    UploadIntent,
    UploadPage,
    UploadWithParts,
)


class Uploads(Protocol):
    """Refusals are RemoteError with the service's code; Unavailable means that nobody answered. Every call may be
    repeated."""

    async def start(
        self, caller: Caller, intent: UploadIntent, *, command_id: str, parts: Sequence[PartClaim]
    ) -> At[StartedUpload]: ...

    async def use_known(self, caller: Caller, upload_id: str, known: KnownContent) -> At[KnownUpload]: ...

    async def complete(
        self,
        caller: Caller,
        upload_id: str,
        parts: Sequence[PartReport],
        destination: Destination,
        *,
        size: int | None = None,
    ) -> At[Upload]: ...

    async def abort(self, caller: Caller, upload_id: str) -> Upload: ...

    async def get(self, caller: Caller, upload_id: str, *, with_parts: bool) -> UploadWithParts: ...

    async def list(self, caller: Caller, *, limit: int, cursor: str) -> UploadPage: ...
