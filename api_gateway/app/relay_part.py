"""A part's bytes through the gateway, for clients that cannot reach storage."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from api_gateway.app.spool import Spool
from api_gateway.domain.errors import BodyTooSlow, PartLengthWrong, PartTooLarge
from api_gateway.domain.identity import Caller
from api_gateway.domain.uploads import PartClaim, PartReport
from api_gateway.ports.parts import Parts
from api_gateway.ports.storage import Storage
from api_gateway.ports.uploads import Uploads

SPOOLED_PART_BYTES = 8 * 2**20
# For a whole spooled part: whoever is slower than 70 KB/s shall send the hash, and hold nothing here.
_SPOOL_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class RelayPart:
    """With the part's hash at hand the bytes pass straight through; without it they are held, up to 8 MiB."""

    uploads: Uploads
    parts: Parts
    storage: Storage
    spool: Spool

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
        """Sends and reports one part of `length` bytes; its ETag is empty if storage had it already.

        Raises PartTooLarge, PartLengthWrong, PartRefused, RelayBusy, BodyTooSlow, Unavailable, or whatever
        the services say.
        """
        if sha256 is None and length > SPOOLED_PART_BYTES:
            raise PartTooLarge(
                "A part of more than 8 MiB needs its SHA-256 in the header Stowage-Part-Sha256."
            )
        await self._check_length(caller, upload_id, number, length)
        if sha256 is not None:
            return await self._send(caller, upload_id, PartClaim(number, sha256), body)
        async with self.spool.hold(caller.account_id, length):
            held = await _spooled(body, length)
            claim = PartClaim(number, hashlib.sha256(held).digest())
            return await self._send(caller, upload_id, claim, _once(held))

    async def _check_length(self, caller: Caller, upload_id: str, number: int, length: int) -> None:
        """Before the number is claimed: a claim's hash is for ever, and no other bytes would ever fit it."""
        upload = (await self.uploads.get(caller, upload_id, with_parts=False)).upload
        expected = upload.part_bytes(number)
        # A number that the upload does not have is for the upload service to refuse, in its own words.
        if number <= upload.part_count and length != expected:
            raise PartLengthWrong(f"Part {number} has {expected} bytes; the body has {length}.")

    async def _send(
        self, caller: Caller, upload_id: str, claim: PartClaim, body: AsyncIterator[bytes]
    ) -> PartReport:
        signed = await self.parts.sign(caller, upload_id, [claim], "internal")
        (part,) = signed.urls
        report = PartReport(claim.number, await self.storage.send(part, body))
        if report.etag:
            await self.parts.report(caller, upload_id, [report])
        return report


async def _spooled(body: AsyncIterator[bytes], length: int) -> bytes:
    held = bytearray()
    try:
        async with asyncio.timeout(_SPOOL_SECONDS):
            async for chunk in body:
                held += chunk
                if len(held) > length:
                    raise PartLengthWrong("The body is longer than its Content-Length.")
    except TimeoutError as error:
        raise BodyTooSlow(
            "The part took too long to arrive. With its SHA-256 it may take its time."
        ) from error
    if len(held) != length:
        raise PartLengthWrong("The body is shorter than its Content-Length.")
    return bytes(held)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
