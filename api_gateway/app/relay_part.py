"""A part's bytes through the gateway, for clients that cannot reach storage."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from api_gateway.domain.errors import BodyTooLarge, PartLengthWrong
from api_gateway.domain.identity import Caller
from api_gateway.domain.uploads import PartClaim, PartReport
from api_gateway.ports.storage import Storage
from api_gateway.ports.uploads import Uploads

SPOOLED_PART_BYTES = 8 * 2**20


@dataclass(frozen=True, slots=True)
class RelayPart:
    """With the part's hash at hand the bytes pass straight through; without it one part of at most 8 MiB is held."""

    uploads: Uploads
    storage: Storage
    # How many parts without a hash may be held at once, in the whole process.
    spools: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(16))

    async def __call__(
        self,
        caller: Caller,
        upload_id: str,
        number: int,
        *,
        sha256: bytes | None,
        length: int,
        body: AsyncIterator[bytes],
    ) -> PartReport:
        """Sends and reports one part. Raises PartLengthWrong, PartRefused, BodyTooLarge, or what the services say."""
        if sha256 is not None:
            return await self._send(caller, upload_id, PartClaim(number, sha256), length, body)
        if length > SPOOLED_PART_BYTES:
            raise BodyTooLarge(
                "A part of more than 8 MiB needs its SHA-256 in the header Stowage-Part-Sha256."
            )
        async with self.spools:
            held = bytearray()
            async for chunk in body:
                held += chunk
                if len(held) > length:
                    raise PartLengthWrong("The body is longer than its Content-Length.")
            claim = PartClaim(number, hashlib.sha256(held).digest())
            return await self._send(caller, upload_id, claim, len(held), _once(bytes(held)))

    async def _send(
        self, caller: Caller, upload_id: str, claim: PartClaim, length: int, body: AsyncIterator[bytes]
    ) -> PartReport:
        signed = await self.uploads.sign(caller, upload_id, [claim], "internal")
        (part,) = signed.urls
        if part.size != length:
            raise PartLengthWrong(f"Part {claim.number} has {part.size} bytes; the body has {length}.")
        report = PartReport(claim.number, await self.storage.send(part, body))
        await self.uploads.report(caller, upload_id, [report])
        return report


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
