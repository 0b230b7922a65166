"""Presigned URLs, signature version 4, made here without asking anybody.

Whatever is signed must be sent exactly so: length and SHA-256 of each PUT are, so S3 refuses other bytes, and bytes
that were cut off on the way (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.errors import Unavailable
from file_upload_service.adapters.s3.connection import Bucket, Session
from file_upload_service.adapters.s3.keeping import AS_THE_BUCKET_DOES, Keeping
from file_upload_service.adapters.s3.presigning import presigned
from file_upload_service.domain.bundle import Bundle
from file_upload_service.domain.content import part_checksum
from file_upload_service.domain.ids import blob_key
from file_upload_service.domain.part import PartClaim
from file_upload_service.domain.tail import Segment
from file_upload_service.domain.transfer import (
    Reach,
    ReadableFile,
    SignedPart,
    SignedParts,
    content_disposition,
    valid_content_type,
)
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.clock import Clock


class S3UrlSigner:
    def __init__(
        self,
        session: Session,
        *,
        public: Bucket,
        internal: Bucket,
        clock: Clock,
        keeping: Keeping = AS_THE_BUCKET_DOES,
    ) -> None:
        self._session = session
        self._keeping = keeping
        self._buckets = {Reach.PUBLIC: public, Reach.INTERNAL: internal}
        self._clock = clock

    async def sign_parts(
        self, upload: Upload, claims: Sequence[PartClaim], *, reach: Reach, life: timedelta
    ) -> SignedParts:
        credentials = await frozen_credentials(self._session)
        # Read before signing: a URL never dies sooner than it is said to.
        expire_at = self._clock.now() + life
        bucket = self._buckets[reach]
        parts = tuple(self._sign_part(bucket, credentials, upload, claim, life) for claim in claims)
        return SignedParts(parts, expire_at)

    async def sign_files(
        self, bundle: Bundle, numbers: Sequence[int], *, reach: Reach, life: timedelta
    ) -> SignedParts:
        credentials = await frozen_credentials(self._session)
        expire_at = self._clock.now() + life
        bucket = self._buckets[reach]
        files = tuple(self._sign_file(bucket, credentials, bundle, number, life) for number in numbers)
        return SignedParts(files, expire_at)

    async def sign_download(self, file: ReadableFile, *, reach: Reach, life: timedelta) -> str:
        content_type = valid_content_type(file.content_type)
        query = {
            "response-content-disposition": content_disposition(file.name, content_type),
            "response-content-type": content_type,
        }
        credentials = await frozen_credentials(self._session)
        return sign_get(self._buckets[reach], credentials, blob_key(file.blob_id), query, life)

    async def sign_segment(
        self, upload: Upload, segment: Segment, *, reach: Reach, life: timedelta
    ) -> SignedParts:
        credentials = await frozen_credentials(self._session)
        expire_at = self._clock.now() + life
        put = PutToSign(key=segment.key(upload.id), size_bytes=segment.size_bytes, sha256=segment.sha256)
        url, headers = sign_put(self._buckets[reach], credentials, put, self._keeping, life)
        return SignedParts((SignedPart(1, "PUT", url, headers, put.size_bytes),), expire_at)

    async def sign_reading(
        self, upload: Upload, segments: Sequence[Segment], *, reach: Reach, life: timedelta
    ) -> Sequence[str]:
        credentials, bucket = await frozen_credentials(self._session), self._buckets[reach]
        return [sign_get(bucket, credentials, segment.key(upload.id), {}, life) for segment in segments]

    def _sign_part(
        self, bucket: Bucket, credentials: Any, upload: Upload, claim: PartClaim, life: timedelta
    ) -> SignedPart:
        put = PutToSign(
            key=upload.key,
            size_bytes=upload.plan.length_of(claim.number),
            sha256=claim.sha256,
            number=claim.number,
            multipart_id=upload.multipart_id,
        )
        url, headers = sign_put(bucket, credentials, put, self._keeping, life)
        return SignedPart(claim.number, "PUT", url, headers, put.size_bytes)

    def _sign_file(
        self, bucket: Bucket, credentials: Any, bundle: Bundle, number: int, life: timedelta
    ) -> SignedPart:
        file = bundle.file(number)
        put = PutToSign(key=bundle.key(number), size_bytes=file.size_bytes, sha256=file.sha256)
        url, headers = sign_put(bucket, credentials, put, self._keeping, life)
        return SignedPart(number, "PUT", url, headers, put.size_bytes)


async def frozen_credentials(session: Session) -> Any:
    """Roles' credentials are refreshed by botocore when they near their end. Raises Unavailable."""
    credentials = await session.get_credentials()
    if credentials is None:
        raise Unavailable("The storage's credentials are missing.")
    return await credentials.get_frozen_credentials()


@dataclass(frozen=True, slots=True, kw_only=True)
class PutToSign:
    """An object of its own, unless it is a part of a multipart upload."""

    key: str
    size_bytes: int
    sha256: bytes
    number: int = 1
    multipart_id: str | None = None


def sign_put(
    bucket: Bucket, credentials: Any, put: PutToSign, keeping: Keeping, life: timedelta
) -> tuple[str, dict[str, str]]:
    """The URL, and the headers that must be sent with it."""
    headers = {"Content-Length": str(put.size_bytes), "x-amz-checksum-sha256": part_checksum(put.sha256)}
    query = {}
    if put.multipart_id is None:
        # Bytes once committed are never replaced.
        headers |= {"If-None-Match": "*"} | keeping.headers()
    else:
        query = {"partNumber": str(put.number), "uploadId": put.multipart_id}
    return _sign(bucket, credentials, "PUT", put.key, query, headers, life), headers


def sign_get(bucket: Bucket, credentials: Any, key: str, query: Mapping[str, str], life: timedelta) -> str:
    return _sign(bucket, credentials, "GET", key, query, {}, life)


def _sign(
    bucket: Bucket,
    credentials: Any,
    method: str,
    key: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    life: timedelta,
) -> str:
    return presigned(
        method,
        bucket.url_of(key),
        region=bucket.region,
        query=query,
        headers=headers,
        keys=credentials,
        now=datetime.now(UTC),  # the real one: S3 has a clock of its own
        life=life,
    )
