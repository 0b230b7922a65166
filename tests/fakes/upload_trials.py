"""Signed URLs on the bucket in memory, and stores that lie."""

import base64
import hashlib
from collections.abc import Callable, Sequence

from file_upload_service.domain.content import StoredObject
from file_upload_service.domain.part import PartToAssemble, StoredPart
from file_upload_service.domain.store_flaws import Flaw
from file_upload_service.domain.transfer import SignedPart
from file_upload_service.ports.object_store import MultipartGone, PartsRejected
from tests.fakes.upload_object_store import InMemoryObjectStore, SentInVain


def b64_sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


class InMemoryTrials:
    """The port Trials."""

    def __init__(self, store: InMemoryObjectStore) -> None:
        self.store = store

    async def put(self, key: str, body: bytes, *, signed_for: bytes) -> bool:
        return self._send(key, 1, "", body, signed_for) is not None

    async def put_part(
        self, key: str, multipart_id: str, number: int, body: bytes, *, signed_for: bytes
    ) -> str | None:
        return self._send(key, number, multipart_id, body, signed_for)

    async def read(self, key: str) -> bytes:
        return self.store.objects[key]

    def _send(self, key: str, number: int, multipart_id: str, body: bytes, signed_for: bytes) -> str | None:
        url = f"{key}|{number}|{multipart_id}|{b64_sha256(signed_for)}|{len(signed_for)}"
        try:
            return self.store.send(SignedPart(number, "PUT", url, {}, len(signed_for)), body)
        except SentInVain:
            return None


class LyingTrials(InMemoryTrials):
    """Takes what it should refuse: any bytes, or only of the right length; over what is there, or not."""

    def __init__(
        self,
        store: InMemoryObjectStore,
        *,
        any_bytes: bool = False,
        cut: bool = False,
        replaces: bool = False,
    ) -> None:
        super().__init__(store)
        self._any_bytes, self._cut, self._replaces = any_bytes, cut, replaces

    async def put(self, key: str, body: bytes, *, signed_for: bytes) -> bool:
        if self._replaces:
            await self.store.delete(key)
        cut = len(body) != len(signed_for)
        return await super().put(key, body, signed_for=body if self._lies(cut=cut) else signed_for)

    async def put_part(
        self, key: str, multipart_id: str, number: int, body: bytes, *, signed_for: bytes
    ) -> str | None:
        lies = self._lies(cut=len(body) != len(signed_for))
        return await super().put_part(
            key, multipart_id, number, body, signed_for=body if lies else signed_for
        )

    def _lies(self, *, cut: bool) -> bool:
        return self._cut if cut else self._any_bytes


class Refusing(InMemoryTrials):
    async def put(self, key: str, body: bytes, *, signed_for: bytes) -> bool:
        return False


class AnyPart(InMemoryTrials):
    """Looks at objects' bytes only."""

    async def put_part(
        self, key: str, multipart_id: str, number: int, body: bytes, *, signed_for: bytes
    ) -> str | None:
        return await super().put_part(key, multipart_id, number, body, signed_for=body)


class StoresWhatItRefuses(InMemoryTrials):
    async def put(self, key: str, body: bytes, *, signed_for: bytes) -> bool:
        taken = await super().put(key, body, signed_for=signed_for)
        if not taken and key not in self.store.objects:
            await super().put(key, body, signed_for=body)
        return taken


class NoChecksums(InMemoryObjectStore):
    async def head(self, key: str) -> StoredObject | None:
        held = await super().head(key)
        return held and StoredObject(held.size_bytes, None)


class NoCompositeChecksums(InMemoryObjectStore):
    async def head(self, key: str) -> StoredObject | None:
        held = await super().head(key)
        composite = held is not None and "-" in (held.checksum_sha256 or "")
        return StoredObject(held.size_bytes, None) if held and composite else held


class NoPartChecksums(InMemoryObjectStore):
    async def list_parts(self, key: str, multipart_id: str) -> tuple[StoredPart, ...]:
        listed = await super().list_parts(key, multipart_id)
        return tuple(StoredPart(it.number, it.etag, it.size_bytes, None) for it in listed)


class Unchecking(InMemoryObjectStore):
    """Believes whatever SHA-256s it is told at the end."""

    async def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[PartToAssemble]) -> None:
        held = self.multiparts[multipart_id]
        true = [
            PartToAssemble(it.number, it.etag, hashlib.sha256(held.parts[it.number]).digest()) for it in parts
        ]
        await super().complete_multipart(key, multipart_id, true)


class Shuffling(InMemoryObjectStore):
    """In order of arrival."""

    async def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[PartToAssemble]) -> None:
        arrived = b"".join(self.multiparts[multipart_id].parts.values())
        await super().complete_multipart(key, multipart_id, parts)
        self.objects[key] = arrived


class ReplacingAtTheEnd(InMemoryObjectStore):
    async def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[PartToAssemble]) -> None:
        if (multipart_id, key) in {(it, held.key) for it, held in self.multiparts.items()}:
            self.objects.pop(key, None)
        await super().complete_multipart(key, multipart_id, parts)


class Keeping(InMemoryObjectStore):
    async def delete(self, key: str) -> None:
        return


class KeepingParts(InMemoryObjectStore):
    """Has parts still when their object is there."""

    async def abort_multiparts(self, key: str) -> None:
        return


class Strange(InMemoryObjectStore):
    """Knows nothing of what it has opened."""

    async def list_parts(self, key: str, multipart_id: str) -> tuple[StoredPart, ...]:
        raise MultipartGone


class Rejecting(InMemoryObjectStore):
    """Puts nothing together."""

    async def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[PartToAssemble]) -> None:
        raise PartsRejected


MakeStore = Callable[[], InMemoryObjectStore]
MakeTrials = Callable[[InMemoryObjectStore], InMemoryTrials]

LIARS: dict[Flaw, tuple[MakeStore, MakeTrials]] = {
    Flaw.REFUSES: (InMemoryObjectStore, Refusing),
    Flaw.OTHER_BYTES: (InMemoryObjectStore, lambda store: LyingTrials(store, any_bytes=True)),
    Flaw.CUT_BYTES: (InMemoryObjectStore, lambda store: LyingTrials(store, cut=True)),
    Flaw.NO_PROOF: (NoChecksums, InMemoryTrials),
    Flaw.REPLACES: (InMemoryObjectStore, lambda store: LyingTrials(store, replaces=True)),
    Flaw.OTHER_PART: (InMemoryObjectStore, AnyPart),
    Flaw.PARTS_UNPROVEN: (NoPartChecksums, InMemoryTrials),
    Flaw.PARTS_UNCHECKED: (Unchecking, InMemoryTrials),
    Flaw.ORDER: (Shuffling, InMemoryTrials),
    Flaw.NO_COMPOSITE_PROOF: (NoCompositeChecksums, InMemoryTrials),
    Flaw.COMPLETE_REPLACES: (ReplacingAtTheEnd, InMemoryTrials),
    Flaw.KEEPS: (Keeping, InMemoryTrials),
}
