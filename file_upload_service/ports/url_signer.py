"""URLs that let others move bytes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from file_upload_service.domain.bundle import Bundle
from file_upload_service.domain.part import PartClaim
from file_upload_service.domain.tail import Segment
from file_upload_service.domain.transfer import Reach, ReadableFile, SignedParts
from file_upload_service.domain.upload import Upload


class UrlSigner(Protocol):
    """Signs by itself, without asking S3. May raise Unavailable while it has no credentials."""

    async def sign_parts(
        self, upload: Upload, claims: Sequence[PartClaim], *, reach: Reach, life: timedelta
    ) -> SignedParts:
        """One URL a part, bound to its number, length and SHA-256; in the order of the claims.

        A one-part upload gets a PUT of the whole object that S3 refuses if there is one already.
        """

    async def sign_files(
        self, bundle: Bundle, numbers: Sequence[int], *, reach: Reach, life: timedelta
    ) -> SignedParts:
        """A PUT of each of these files, in that order: what a one-part upload gets, under the file's number."""

    async def sign_segment(
        self, upload: Upload, segment: Segment, *, reach: Reach, life: timedelta
    ) -> SignedParts:
        """A PUT of a piece of the tail, bound to length and SHA-256; refused if there is one already."""

    async def sign_reading(
        self, upload: Upload, segments: Sequence[Segment], *, reach: Reach, life: timedelta
    ) -> Sequence[str]:
        """A GET of each of these pieces, in that order."""

    async def sign_download(self, file: ReadableFile, *, reach: Reach, life: timedelta) -> str:
        """A GET of the file's bytes, with its name and type in the answer's headers."""
