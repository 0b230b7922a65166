"""Streams that grow at their end: how far they are, and what is appended."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from chassis.errors import Unavailable
from file_upload_service.app.rereading import rereading
from file_upload_service.app.stream_length import CheckRoom
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.content import StoredObject, part_checksum
from file_upload_service.domain.errors import LengthDecided, OffsetWrong, PartsMissing
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.part import Part
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.tail import Segment, Tail, check_segment, progress
from file_upload_service.domain.transfer import Reach, SignedParts
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.durability import Durability
from file_upload_service.ports.object_store import ObjectStore
from file_upload_service.ports.tails import TailRepository
from file_upload_service.ports.uploads import UploadRepository
from file_upload_service.ports.url_signer import UrlSigner


@dataclass(frozen=True, slots=True)
class Progress:
    """A stream, its parts, and how many bytes of it are safe: those of its parts, and those of its tail behind them.

    `kept`: the tail as it stands; `tail`: as far as no part holds it.
    """

    upload: Upload
    parts: tuple[Part, ...]
    kept: Tail
    tail: Tail
    offset: int


@dataclass(frozen=True, slots=True)
class FollowStream:
    """Two reads."""

    uploads: UploadRepository
    tails: TailRepository

    async def __call__(self, account_id: AccountId, upload_id: UploadId) -> Progress:
        """Raises UploadNotFound."""
        upload, parts = await self.uploads.load(account_id, upload_id)
        return await self.of(upload, parts)

    async def of(self, upload: Upload, parts: tuple[Part, ...]) -> Progress:
        kept = await self.tails.load(upload) if upload.plan.is_stream else Tail()
        offset, tail = progress(upload.plan, parts, kept)
        return Progress(upload, parts, kept, tail, offset)


@dataclass(frozen=True, slots=True)
class GetTail:
    """What waits at a stream's end, to be read: for whoever joins it with more, or makes a part of it."""

    follow: FollowStream
    signer: UrlSigner
    policy: Policy

    async def __call__(
        self, account_id: AccountId, upload_id: UploadId, reach: Reach
    ) -> tuple[Progress, Sequence[str]]:
        """With a URL for each segment. Raises UploadNotFound, UploadNotOpen."""
        seen = await self.follow(account_id, upload_id)
        seen.upload.require_open()
        life = self.policy.upload_url_life
        segments = seen.tail.segments
        return seen, await self.signer.sign_reading(seen.upload, segments, reach=reach, life=life)


@dataclass(frozen=True, slots=True)
class SignSegment:
    """A URL for what is to be appended; it is not part of the stream before AppendTail says so."""

    uploads: UploadRepository
    signer: UrlSigner
    check_room: CheckRoom
    clock: Clock
    policy: Policy

    async def __call__(
        self, caller: Caller, upload_id: UploadId, segment: Segment, reach: Reach
    ) -> SignedParts:
        """Raises UploadNotFound, UploadNotOpen, LengthDecided, SegmentInvalid, and what metadata says if there is no
        room."""
        check_segment(segment)

        async def attempt(upload: Upload) -> Upload:
            require_growing(upload)
            await self.check_room.up_to(caller, upload, segment.end)
            signing = upload.signing(self.clock.now(), self.policy)
            return upload if signing is upload else await self.uploads.save(upload, signing)

        upload = await rereading(lambda: self.uploads.get(caller.account_id, upload_id), attempt)
        life = self.policy.upload_url_life
        return await self.signer.sign_segment(upload, segment, reach=reach, life=life)


@dataclass(frozen=True, slots=True)
class AppendTail:
    """Makes what was sent part of the stream: proven, safe from power cuts, written down; in this order."""

    follow: FollowStream
    tails: TailRepository
    store: ObjectStore
    durability: Durability

    async def __call__(self, account_id: AccountId, upload_id: UploadId, segment: Segment) -> int:
        """How many bytes are safe now. The same again answers the same.

        Raises UploadNotFound, UploadNotOpen, LengthDecided, SegmentInvalid, OffsetWrong, PartsMissing.
        """
        check_segment(segment)
        return await rereading(
            lambda: self.follow(account_id, upload_id), lambda seen: self._attempt(seen, segment)
        )

    async def _attempt(self, seen: Progress, segment: Segment) -> int:
        upload = seen.upload
        require_growing(upload)
        if segment in seen.tail.segments:
            return seen.offset
        try:
            after = seen.tail.with_segment(segment, seen.offset)
        except OffsetWrong:
            # The stream never becomes shorter: nobody who saw this end can still append.
            if segment.seen < seen.offset and segment not in seen.kept.segments:
                await self._free(upload, segment)
            raise
        await self._prove(upload, segment)
        await self.durability.flush()
        await self.tails.save(upload, seen.kept, after, segment)
        for joined in set(seen.kept.segments) - set(after.segments):
            await self._free(upload, joined)
        return segment.end

    async def _free(self, upload: Upload, segment: Segment) -> None:
        with suppress(Unavailable):  # what is left goes with the upload
            await self.store.delete(segment.key(upload.id))

    async def _prove(self, upload: Upload, segment: Segment) -> None:
        held = await self.store.head(segment.key(upload.id))
        if held != StoredObject(segment.size_bytes, part_checksum(segment.sha256)):
            raise PartsMissing("These bytes have not arrived.")


def require_end(seen: Progress, offset: int) -> None:
    """Raises OffsetWrong if the stream has grown since it ended at `offset`."""
    if seen.offset != offset:
        raise OffsetWrong(f"The stream has {seen.offset} bytes by now.")


def require_growing(upload: Upload) -> None:
    """Raises UploadNotOpen, LengthDecided, and OffsetWrong for what is no stream."""
    upload.require_open()
    if not upload.plan.is_stream:
        raise OffsetWrong("Only an upload of unknown length is appended to.")
    if not upload.plan.is_open:
        raise LengthDecided(f"It was said before that the file has {upload.plan.size_bytes} bytes.")
