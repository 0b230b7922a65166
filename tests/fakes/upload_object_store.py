"""A bucket in memory that refuses what S3 refuses, and a signer whose URLs it honours."""

import base64
import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from file_upload_service.domain.bundle import Bundle
from file_upload_service.domain.content import StoredObject
from file_upload_service.domain.ids import blob_key
from file_upload_service.domain.known import PartCopy
from file_upload_service.domain.part import PartClaim, PartToAssemble, StoredPart
from file_upload_service.domain.tail import Segment
from file_upload_service.domain.transfer import Reach, ReadableFile, SignedPart, SignedParts
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.object_store import KeyTaken, MultipartGone, PartsRejected, SourceGone


class SentInVain(Exception):
    """S3 refused the PUT; `status` as it would answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _base64_sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@dataclass
class OpenMultipart:
    key: str
    parts: dict[int, bytes] = field(default_factory=dict)
    etags: dict[int, str] = field(default_factory=dict)


class InMemoryObjectStore:
    """The port ObjectStore."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.checksums: dict[str, str] = {}
        self.multiparts: dict[str, OpenMultipart] = {}
        self._ids = itertools.count(1)
        self.hides_next_objects = 0
        self.half_cleaned: set[str] = set()
        self.copied: list[int] = []

    async def create_multipart(self, key: str) -> str:
        multipart_id = f"mp-{next(self._ids)}"
        self.multiparts[multipart_id] = OpenMultipart(key)
        return multipart_id

    async def list_parts(self, key: str, multipart_id: str) -> tuple[StoredPart, ...]:
        held = self._multipart(key, multipart_id)
        return tuple(
            StoredPart(number, held.etags[number], len(body), _base64_sha256(body))
            for number, body in sorted(held.parts.items())
        )

    async def copy_part(self, key: str, multipart_id: str, copy: PartCopy) -> StoredPart:
        held = self._multipart(key, multipart_id)
        if copy.source_key not in self.objects:
            raise SourceGone
        body, number = self.objects[copy.source_key][copy.first : copy.last + 1], copy.claim.number
        self.copied.append(number)
        held.parts[number] = body
        held.etags[number] = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        return StoredPart(number, held.etags[number], len(body), _base64_sha256(body))

    async def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[PartToAssemble]) -> None:
        if key in self.objects and multipart_id not in self.half_cleaned:
            raise KeyTaken
        held = self._multipart(key, multipart_id)
        for part in parts:
            body = held.parts.get(part.number)
            if body is None or held.etags[part.number] != part.etag:
                raise PartsRejected
            if hashlib.sha256(body).digest() != part.sha256:
                raise PartsRejected
        hashes = b"".join(part.sha256 for part in parts)
        self.objects[key] = b"".join(held.parts[part.number] for part in parts)
        self.checksums[key] = f"{_base64_sha256(hashes)}-{len(parts)}"
        del self.multiparts[multipart_id]

    async def complete_and_die_while_cleaning_up(self, multipart_id: str) -> None:
        """As versitygw when it is killed: the object is there, and so is its multipart upload, without its parts.

        It looks for the parts before it looks whether the key is taken.
        """
        key = self.multiparts[multipart_id].key
        held = await self.list_parts(key, multipart_id)
        parts = [
            PartToAssemble(part.number, part.etag, base64.b64decode(part.checksum_sha256 or ""))
            for part in held
        ]
        await self.complete_multipart(key, multipart_id, parts)
        self.multiparts[multipart_id] = OpenMultipart(key)
        self.half_cleaned.add(multipart_id)

    async def head(self, key: str) -> StoredObject | None:
        if self.hides_next_objects:
            self.hides_next_objects -= 1
            return None
        if key not in self.objects:
            return None
        return StoredObject(len(self.objects[key]), self.checksums[key])

    async def sizes(self, prefix: str, *, most: int) -> Mapping[str, int]:
        held = {key: len(body) for key, body in self.objects.items() if key.startswith(prefix)}
        assert len(held) <= most
        return held

    async def clear(self, prefix: str) -> None:
        for key in [key for key in self.objects if key.startswith(prefix)]:
            await self.delete(key)

    async def abort_multiparts(self, key: str) -> None:
        self.multiparts = {
            multipart_id: held for multipart_id, held in self.multiparts.items() if held.key != key
        }

    async def delete(self, key: str) -> None:
        self.objects.pop(key, None)
        self.checksums.pop(key, None)

    def send(self, signed: SignedPart, body: bytes) -> str:
        """What a client does with a URL. Answers the ETag, raises SentInVain."""
        key, number, multipart_id, sha256, length = signed.url.split("|")
        if len(body) != int(length):
            raise SentInVain(403)
        if _base64_sha256(body) != sha256:
            raise SentInVain(400)
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        if not multipart_id:
            if key in self.objects:
                raise SentInVain(412)
            self.objects[key] = body
            self.checksums[key] = sha256
            return etag
        if multipart_id not in self.multiparts:
            raise SentInVain(404)
        self.multiparts[multipart_id].parts[int(number)] = body
        self.multiparts[multipart_id].etags[int(number)] = etag
        return etag

    def _multipart(self, key: str, multipart_id: str) -> OpenMultipart:
        held = self.multiparts.get(multipart_id)
        if held is None or held.key != key:
            raise MultipartGone
        return held


class InMemoryUrlSigner:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def sign_parts(
        self, upload: Upload, claims: Sequence[PartClaim], *, reach: Reach, life: timedelta
    ) -> SignedParts:
        parts = []
        for claim in claims:
            length = upload.plan.length_of(claim.number)
            sha256 = base64.b64encode(claim.sha256).decode()
            url = f"{upload.key}|{claim.number}|{upload.multipart_id or ''}|{sha256}|{length}"
            parts.append(SignedPart(claim.number, "PUT", url, {"x-reach": reach}, length))
        return SignedParts(tuple(parts), self._clock.now() + life)

    async def sign_files(
        self, bundle: Bundle, numbers: Sequence[int], *, reach: Reach, life: timedelta
    ) -> SignedParts:
        parts = []
        for number in numbers:
            file = bundle.file(number)
            sha256 = base64.b64encode(file.sha256).decode()
            url = f"{bundle.key(number)}|{number}||{sha256}|{file.size_bytes}"
            parts.append(SignedPart(number, "PUT", url, {"x-reach": reach}, file.size_bytes))
        return SignedParts(tuple(parts), self._clock.now() + life)

    async def sign_segment(
        self, upload: Upload, segment: Segment, *, reach: Reach, life: timedelta
    ) -> SignedParts:
        sha256 = base64.b64encode(segment.sha256).decode()
        url = f"{segment.key(upload.id)}|1||{sha256}|{segment.size_bytes}"
        part = SignedPart(1, "PUT", url, {"x-reach": reach}, segment.size_bytes)
        return SignedParts((part,), self._clock.now() + life)

    async def sign_reading(
        self, upload: Upload, segments: Sequence[Segment], *, reach: Reach, life: timedelta
    ) -> Sequence[str]:
        return [f"{reach}://{segment.key(upload.id)}" for segment in segments]

    async def sign_download(self, file: ReadableFile, *, reach: Reach, life: timedelta) -> str:
        return f"{reach}://{blob_key(file.blob_id)}"
