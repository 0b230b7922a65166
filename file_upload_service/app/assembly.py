"""Puts parts together, and proves what S3 holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from chassis.errors import Unavailable
from file_upload_service.domain.content import expected_object, part_checksum
from file_upload_service.domain.errors import PartsMissing
from file_upload_service.domain.part import Part, PartToAssemble, require_none_missing
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.object_store import KeyTaken, MultipartGone, ObjectStore, PartsRejected


class Verdict(Enum):
    """What S3 has under an upload's key."""

    PROVEN = auto()
    NOTHING = auto()
    OTHER_BYTES = auto()


@dataclass(frozen=True, slots=True)
class Assembly:
    store: ObjectStore

    async def prove(self, upload: Upload, parts: Sequence[Part]) -> Verdict:
        """Asks S3 for size and checksum of the object. The parts are all there are. Raises Unavailable."""
        held = await self.store.head(upload.key)
        if held is None:
            return Verdict.NOTHING
        right = held == expected_object(upload.plan, [part.sha256 for part in parts])
        return Verdict.PROVEN if right else Verdict.OTHER_BYTES

    async def put_together(self, upload: Upload, parts: Sequence[Part]) -> Verdict:
        """Safe to repeat: what an earlier try has left is found by the proof at the end.

        S3's own answer decides nothing: a store may answer 200 before there is an object, after it crashed,
        or to a repeat (versitygw does all three). NOTHING is the verdict only if S3 does not know the
        multipart upload either. Raises PartsMissing, Unavailable.
        """
        assert upload.multipart_id is not None
        gone = False
        try:
            await self._complete(upload, upload.multipart_id, parts)
        except KeyTaken:
            pass
        except MultipartGone:
            gone = True
        except PartsMissing:
            # A store that was killed while it cleaned up lacks parts of an object that it has put together.
            verdict = await self.prove(upload, parts)
            if verdict is Verdict.NOTHING:
                raise
            return verdict
        verdict = await self.prove(upload, parts)
        if verdict is Verdict.NOTHING and not gone:
            raise Unavailable("The storage has not finished yet.")
        return verdict

    async def _complete(self, upload: Upload, multipart_id: str, parts: Sequence[Part]) -> None:
        known = [PartToAssemble(part.number, part.etag, part.sha256) for part in parts if part.etag]
        if len(known) == upload.plan.part_count:
            try:
                return await self.store.complete_multipart(upload.key, multipart_id, known)
            except PartsRejected:
                pass  # a report was wrong or is old: S3 itself knows better
        listed = await self._as_listed(upload, multipart_id, parts)
        try:
            await self.store.complete_multipart(upload.key, multipart_id, listed)
        except PartsRejected as error:
            raise Unavailable("The storage contradicts itself.") from error

    async def _as_listed(
        self, upload: Upload, multipart_id: str, parts: Sequence[Part]
    ) -> list[PartToAssemble]:
        """The parts with S3's own ETags. Raises PartsMissing for those that S3 lacks or has otherwise."""
        held = {part.number: part for part in await self.store.list_parts(upload.key, multipart_id)}
        right = [
            PartToAssemble(part.number, held[part.number].etag, part.sha256)
            for part in parts
            if part.number in held
            and held[part.number].checksum_sha256 == part_checksum(part.sha256)
            and held[part.number].size_bytes == upload.plan.length_of(part.number)
        ]
        require_none_missing({part.number for part in parts} - {part.number for part in right})
        return right
