"""Tries what would lose data if storage let it happen, under keys that no blob has."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass

from file_upload_service.domain.content import StoredObject, part_checksum
from file_upload_service.domain.ids import TRIALS_PREFIX
from file_upload_service.domain.part import PartToAssemble
from file_upload_service.domain.store_flaws import Flaw, StoreUnfit
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.ids import NewId
from file_upload_service.ports.inventory import Inventory
from file_upload_service.ports.object_store import KeyTaken, ObjectStore, PartsRejected
from file_upload_service.ports.trials import Trials

BODY, OTHER = b"the bytes", b"BYTES THE"
# No part but the last may be smaller (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
FIRST, LAST, LAST_CHANGED = bytes(5 << 20), b"the end", b"THE END"
HEADS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveStore:
    """About 25 calls and 5 MiB, up and down. Takes away what it put; what one that was killed has left, ClearTrials."""

    store: ObjectStore
    inventory: Inventory
    trials: Trials
    clock: Clock
    new_id: NewId

    async def __call__(self) -> None:
        """Raises StoreUnfit with the first flaw that it finds, Unavailable."""
        prefix = f"{TRIALS_PREFIX}{self.new_id()}/"
        alone, together = f"{prefix}alone", f"{prefix}together"
        try:
            await self._one_put(alone)
            await self._several_parts(together)
            seen = await self.inventory.objects(prefix=prefix, after=None)
            _require([it.key for it in seen.items] == [alone, together], Flaw.UNLISTED)
        except BaseException:
            # What is known already is told, whether or not the rest can be cleared now.
            with suppress(Exception):
                await self._clear(alone, together)
            raise
        await self._clear(alone, together)
        await self._require_cleared(prefix)

    async def _one_put(self, key: str) -> None:
        put = self.trials.put
        _require(not await put(key, OTHER, signed_for=BODY), Flaw.OTHER_BYTES)
        _require(not await put(key, BODY[:-1], signed_for=BODY), Flaw.CUT_BYTES)
        _require(await self.store.head(key) is None, Flaw.OTHER_BYTES)
        _require(await put(key, BODY, signed_for=BODY), Flaw.REFUSES)
        whole = StoredObject(len(BODY), part_checksum(_sha256(BODY)))
        _require(await self.store.head(key) == whole, Flaw.NO_PROOF)
        _require(not await put(key, OTHER, signed_for=OTHER), Flaw.REPLACES)
        _require(await self.store.head(key) == whole, Flaw.REPLACES)

    async def _several_parts(self, key: str) -> None:
        multipart_id = await self.store.create_multipart(key)
        wrong = await self.trials.put_part(key, multipart_id, 2, LAST_CHANGED, signed_for=LAST)
        _require(wrong is None, Flaw.OTHER_PART)
        # The last one first: a number belongs to a place, not to an order of arrival.
        last = await self._part(key, multipart_id, 2, LAST)
        parts = [await self._part(key, multipart_id, 1, FIRST), last]
        listed = await self.store.list_parts(key, multipart_id)
        _require(
            [(it.number, it.size_bytes, it.checksum_sha256) for it in listed]
            == [
                (number, len(body), part_checksum(_sha256(body)))
                for number, body in enumerate((FIRST, LAST), 1)
            ],
            Flaw.PARTS_UNPROVEN,
        )
        await self._refuses_other_parts(key, multipart_id, parts)
        await self.store.complete_multipart(key, multipart_id, parts)
        await self._is_whole(key, parts)
        await self._does_not_replace(key, parts)

    async def _part(self, key: str, multipart_id: str, number: int, body: bytes) -> PartToAssemble:
        etag = await self.trials.put_part(key, multipart_id, number, body, signed_for=body)
        if etag is None:
            raise StoreUnfit(Flaw.REFUSES)
        return PartToAssemble(number, etag, _sha256(body))

    async def _refuses_other_parts(self, key: str, multipart_id: str, parts: list[PartToAssemble]) -> None:
        lie = [parts[0], PartToAssemble(2, parts[1].etag, _sha256(LAST_CHANGED))]
        try:
            await self.store.complete_multipart(key, multipart_id, lie)
        except PartsRejected:
            return
        raise StoreUnfit(Flaw.PARTS_UNCHECKED)

    async def _is_whole(self, key: str, parts: list[PartToAssemble]) -> None:
        """A store may answer before there is an object."""
        held = await self.store.head(key)
        for _ in range(HEADS):
            if held is not None:
                break
            await self.clock.sleep(0.5)
            held = await self.store.head(key)
        composite = part_checksum(_sha256(b"".join(part.sha256 for part in parts)))
        size_bytes = len(FIRST) + len(LAST)
        _require(held == StoredObject(size_bytes, f"{composite}-{len(parts)}"), Flaw.NO_COMPOSITE_PROOF)
        _require(await self.trials.read(key) == FIRST + LAST, Flaw.ORDER)

    async def _does_not_replace(self, key: str, parts: list[PartToAssemble]) -> None:
        before = await self.store.head(key)
        multipart_id = await self.store.create_multipart(key)
        other = await self._part(key, multipart_id, 1, OTHER)
        try:
            await self.store.complete_multipart(key, multipart_id, [other])
        except KeyTaken:
            _require(await self.store.head(key) == before, Flaw.COMPLETE_REPLACES)
            return
        raise StoreUnfit(Flaw.COMPLETE_REPLACES)

    async def _clear(self, *keys: str) -> None:
        for key in keys:
            await self.store.abort_multiparts(key)
            await self.store.delete(key)

    async def _require_cleared(self, prefix: str) -> None:
        objects = await self.inventory.objects(prefix=prefix, after=None)
        multiparts = await self.inventory.multiparts(prefix=prefix, after=None)
        _require(not objects.items and not multiparts.items, Flaw.KEEPS)


def _sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def _require(condition: bool, flaw: Flaw) -> None:  # noqa: FBT001  # reads well at the call
    if not condition:
        raise StoreUnfit(flaw)
