"""Uploads as the upload service keeps them, as far as the gateway sees it, and the storage behind its URLs."""

import hashlib
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from api_gateway.domain.errors import PartRefused, RangeNotSatisfiable
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At
from api_gateway.domain.stream_layout import stream_part
from api_gateway.domain.streams import Segment
from api_gateway.domain.uploads import (
    Destination,
    Download,
    KnownContent,
    KnownUpload,
    Part,
    PartClaim,
    PartReport,
    Reach,
    SignedPart,
    SignedParts,
    StartedUpload,
    Upload,
    UploadIntent,
    UploadPage,
    UploadWithParts,
)
from api_gateway.ports.storage import Content
from chassis.errors import DomainError, Kind, RemoteError, Unavailable
from tests.fakes.gateway_people import NOW
from tests.fakes.gateway_tree import InMemoryTree, NewFile

PART_BYTES = 8 * 2**20


class InMemoryStorage:
    """Implements Storage. Takes only the bytes that a URL is for; `breaks_after` cuts downloads off."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.away = False
        self.has_it_already = False
        self.breaks_after: int | None = None
        self.open_downloads = 0
        self.bytes_read = 0
        self.chunk_bytes = 64 * 1024

    async def send(self, part: SignedPart, chunks: AsyncIterator[bytes]) -> str:
        if self.away:
            raise Unavailable("Storage did not take the part.")
        content = b"".join([chunk async for chunk in chunks])
        if hashlib.sha256(content).hexdigest() != part.headers["sha256"] or len(content) != part.size:
            raise PartRefused("They are not the bytes that were announced.")
        self.objects[part.url] = content
        if self.has_it_already:
            return ""
        return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'

    @asynccontextmanager
    async def fetch(self, url: str, byte_range: str | None) -> AsyncIterator[Content]:
        if self.away or url not in self.objects:
            raise Unavailable("Storage does not answer.")
        whole = self.objects[url]
        (byte_range or "").encode("ascii")  # what a header can carry
        start, end = _bounds(byte_range, len(whole))
        self.open_downloads += 1
        try:
            yield Content(
                partial=byte_range is not None,
                length=end - start,
                range=f"bytes {start}-{end - 1}/{len(whole)}" if byte_range else None,
                content_type="text/plain",
                disposition="inline; filename=\"notes.txt\"; filename*=UTF-8''notes.txt",
                chunks=self._chunks(whole[start:end]),
            )
        finally:
            self.open_downloads -= 1

    async def _chunks(self, content: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(content), self.chunk_bytes):
            if self.breaks_after is not None and start >= self.breaks_after:
                raise Unavailable("Storage broke off.")
            chunk = content[start : start + self.chunk_bytes]
            self.bytes_read += len(chunk)
            yield chunk


def _bounds(byte_range: str | None, size: int) -> tuple[int, int]:
    if byte_range is None:
        return 0, size
    first, _, last = byte_range.removeprefix("bytes=").partition("-")
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= size:
        raise RangeNotSatisfiable("It begins behind the end.")
    return start, end


@dataclass
class _Kept:
    upload: Upload
    owner: str
    claims: dict[int, bytes] = field(default_factory=dict)
    reported: dict[int, str] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)


def _close(kept: _Kept, size: int | None) -> None:
    """As far as parts of 8 MiB go."""
    if size is None or size == kept.upload.size:
        return
    if kept.upload.size is not None:
        raise RemoteError(Kind.CONFLICT, "length_decided", "Another length was said before.")
    kept.upload = replace(kept.upload, size=size, part_count=max(1, -(-size // PART_BYTES)))


def _offset(kept: _Kept) -> int:
    number = 1
    while number in kept.reported:
        number += 1
    base = stream_part(number)[0]
    waiting = [each for each in kept.segments if each.start >= base]
    return waiting[-1].end if waiting else base


def _require_end(kept: _Kept, offset: int | None) -> None:
    if offset is not None and offset != _offset(kept):
        raise RemoteError(Kind.CONFLICT, "offset_wrong", "It has grown.")


class InMemoryUploads:
    """Implements Uploads, Parts and Downloads. With `slow`, completing leaves an upload assembling."""

    def __init__(self, tree: InMemoryTree, storage: InMemoryStorage) -> None:
        self.tree = tree
        self.storage = storage
        self.kept: dict[str, _Kept] = {}
        self.contents: dict[str, bytes] = {}  # node id -> bytes
        self.by_hash: dict[str, bytes] = {}
        self.command_ids: list[str] = []
        self.slow = False
        # Where URLs point, by whose network they are for.
        self.bases: dict[Reach, str] = {"internal": "internal://", "public": "public://"}

    async def start(
        self, caller: Caller, intent: UploadIntent, *, command_id: str, parts: Sequence[PartClaim]
    ) -> At[StartedUpload]:
        self.command_ids.append(command_id)
        folder = self.tree.folder(caller, intent.folder_id)
        if (intent.size or 0) > 5 * 2**40:
            raise RemoteError(Kind.TOO_LARGE, "file_too_large", "At most 4.88 TiB.")
        count = 1000 if intent.size is None else max(1, -(-intent.size // PART_BYTES))
        upload = Upload(
            id=uuid.uuid4().hex,
            drive_id=caller.account_id,
            state="open",
            folder_id=folder.id,
            name=intent.name,
            size=intent.size,
            content_type=intent.content_type,
            conflict=intent.conflict,
            layout="s1" if intent.size is None else "p23",
            part_size=PART_BYTES,
            part_count=count,
            created_at=NOW,
            expires_at=NOW + timedelta(days=7),
        )
        self.kept[upload.id] = _Kept(upload, caller.account_id)
        signed = await self.sign(caller, upload.id, parts, "public") if parts else None
        at = await self.use_known(caller, upload.id, KnownContent(intent.content_hash))
        if at.answer.upload.state == "committed":
            return At(StartedUpload(at.answer.upload, (), None), at.position)
        started = StartedUpload(
            upload, signed.urls if signed else (), signed.urls_expire_at if signed else None
        )
        return At(started, "")

    async def use_known(self, caller: Caller, upload_id: str, known: KnownContent) -> At[KnownUpload]:
        """By the hash that a file of this tree has; parts are known if there is a base."""
        kept = self._mine(caller, upload_id)
        if kept.upload.state == "open" and known.content_hash in self.by_hash:
            at = self._commit(caller, kept, Destination(), self.by_hash[known.content_hash])
            return At(KnownUpload(at.answer), at.position)
        for claim in known.parts if known.base else ():
            kept.claims[claim.number], kept.reported[claim.number] = claim.sha256, '"copied"'
        parts = tuple(Part(n, sha256.hex(), n in kept.reported) for n, sha256 in kept.claims.items())
        return At(KnownUpload(kept.upload, parts), "")

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
        kept = self._open(caller, upload_id)
        _require_end(kept, offset)
        _close(kept, size)
        if len({claim.number for claim in parts}) < len(parts):
            raise RemoteError(Kind.INVALID, "part_number_invalid", "A part is named twice.")
        for claim in parts:
            if claim.number > kept.upload.part_count:
                raise RemoteError(Kind.INVALID, "part_number_invalid", "There is no such part.")
            if kept.claims.setdefault(claim.number, claim.sha256) != claim.sha256:
                raise RemoteError(Kind.CONFLICT, "part_claimed", "It was announced with another hash.")
        urls = tuple(
            SignedPart(
                claim.number,
                "PUT",
                f"{self.bases[reach]}{upload_id}/{claim.number}",
                {"sha256": claim.sha256.hex()},
                kept.upload.part_bytes(claim.number),
            )
            for claim in parts
        )
        return SignedParts(urls, NOW + timedelta(hours=1))

    async def report(
        self,
        caller: Caller,
        upload_id: str,
        parts: Sequence[PartReport],
        *,
        durable: bool = False,
        offset: int | None = None,
    ) -> None:
        kept = self._open(caller, upload_id)
        _require_end(kept, offset)
        for each in parts:
            if each.number not in kept.claims:
                raise RemoteError(Kind.CONFLICT, "part_not_signed", "No URL was asked for it.")
            kept.reported[each.number] = each.etag

    async def complete(
        self,
        caller: Caller,
        upload_id: str,
        parts: Sequence[PartReport],
        destination: Destination,
        *,
        size: int | None = None,
    ) -> At[Upload]:
        kept = self._mine(caller, upload_id)
        if kept.upload.state == "aborting":
            raise RemoteError(Kind.CONFLICT, "already_aborted", "It has ended.")
        if kept.upload.state == "committed":
            return self.tree.at(caller, kept.upload)
        _close(kept, size)
        if kept.upload.size is None:
            raise RemoteError(Kind.CONFLICT, "length_unknown", "Say how long the file is.")
        await self.report(caller, upload_id, parts)
        sent = [f"internal://{upload_id}/{each + 1}" for each in range(kept.upload.part_count)]
        if len(kept.reported) < kept.upload.part_count or not self.storage.objects.keys() >= {*sent}:
            raise RemoteError(Kind.CONFLICT, "parts_missing", "Not every part has arrived.")
        if self.slow:
            kept.upload = replace(kept.upload, state="assembling")
            return At(kept.upload, "")
        content = b"".join(self.storage.objects[url] for url in sent)
        return self._commit(caller, kept, destination, content)

    def _commit(self, caller: Caller, kept: _Kept, destination: Destination, content: bytes) -> At[Upload]:
        upload = kept.upload
        name, folder_id = destination.name or upload.name, destination.folder_id or upload.folder_id
        new = NewFile(
            folder_id, name, upload.size or 0, upload.content_type, hashlib.sha256(content).hexdigest()
        )
        file = self.tree.put_file(caller, new, destination.conflict or upload.conflict)
        self.contents[file.id] = self.by_hash[file.content_hash] = content
        kept.upload = replace(
            upload,
            state="committed",
            node_id=file.id,
            committed_name=file.name,
            committed_revision=file.revision,
        )
        return self.tree.at(caller, kept.upload)

    async def abort(self, caller: Caller, upload_id: str) -> Upload:
        kept = self._mine(caller, upload_id)
        if kept.upload.state == "committed":
            raise RemoteError(Kind.CONFLICT, "already_committed", "It has become a file.")
        kept.upload = replace(kept.upload, state="aborting")
        return kept.upload

    async def get(self, caller: Caller, upload_id: str, *, with_parts: bool) -> UploadWithParts:
        kept = self._mine(caller, upload_id)
        if kept.upload.layout == "s1":
            kept.upload = replace(kept.upload, offset=_offset(kept))
        parts = tuple(Part(n, sha256.hex(), n in kept.reported) for n, sha256 in kept.claims.items())
        return UploadWithParts(kept.upload, parts if with_parts else None)

    async def list(self, caller: Caller, *, limit: int, cursor: str) -> UploadPage:
        if cursor:
            raise RemoteError(Kind.INVALID, "cursor_invalid", "This listing never gave that cursor.")
        mine = [kept.upload for kept in self.kept.values() if kept.owner == caller.account_id]
        return UploadPage(tuple(mine[:limit]), "more" if len(mine) > limit else None)

    async def sign_download(
        self, caller: Caller, node_id: str, reach: Reach, *, version: int | None
    ) -> Download:
        now = self.tree.file(caller, node_id)
        file = now if version in (None, now.version) else self.tree.past.get(node_id, {}).get(version or 0)
        if file is None:
            raise RemoteError(Kind.NOT_FOUND, "version_not_found", "The file has no such version.")
        url = f"{self.bases[reach]}download/{node_id}" + (f"/{version}" if version else "")
        self.storage.objects[url] = self.by_hash.get(file.content_hash, b"")
        return Download(
            url,
            NOW + timedelta(minutes=5),
            now.name,
            file.size,
            file.content_type,
            file.content_hash,
            file.layout,
            now.revision,
        )

    async def sign_downloads(
        self, caller: Caller, wanted: Sequence[tuple[str, int]], reach: Reach
    ) -> Sequence[Download | DomainError]:
        answers: list[Download | DomainError] = []
        for node_id, version in wanted:
            try:
                answers.append(await self.sign_download(caller, node_id, reach, version=version))
            except RemoteError as refusal:
                answers.append(refusal)
        return answers

    def _mine(self, caller: Caller, upload_id: str) -> _Kept:
        kept = self.kept.get(upload_id)
        if kept is None or kept.owner != caller.account_id:
            raise RemoteError(Kind.NOT_FOUND, "upload_not_found", "There is no such upload.")
        return kept

    def _open(self, caller: Caller, upload_id: str) -> _Kept:
        kept = self._mine(caller, upload_id)
        if kept.upload.state != "open":
            raise RemoteError(Kind.CONFLICT, "upload_not_open", "It takes no more parts.")
        return kept
