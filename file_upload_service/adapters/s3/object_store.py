"""The bucket, over S3's API. What AWS and versitygw do differently is kept in here."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from chassis.errors import Unavailable
from file_upload_service.adapters.s3.connection import ASSEMBLY_SECONDS, CALL_SECONDS
from file_upload_service.adapters.s3.errors import translated
from file_upload_service.adapters.s3.keeping import AS_THE_BUCKET_DOES, Keeping
from file_upload_service.domain.content import StoredObject, part_checksum
from file_upload_service.domain.known import PartCopy
from file_upload_service.domain.layout import MIB
from file_upload_service.domain.part import PartToAssemble, StoredPart
from file_upload_service.ports.object_store import MultipartGone

NOT_FOUND = 404
# Whoever waits for it is better served by sending a part that takes longer.
COPY_SECONDS = 15.0
# What is held in memory at once, where a store cannot copy parts by itself.
CARRIED_BYTES, CARRIED_AT_ONCE = 16 * MIB, 4
# Each round ends a page of multipart uploads; there is hardly ever more than one.
ROUNDS = 20


class S3ObjectStore:
    def __init__(self, client: Any, bucket: str, *, keeping: Keeping = AS_THE_BUCKET_DOES) -> None:
        self._client = client
        self._bucket = bucket
        self._keeping = keeping
        self._copies_wrongly = False
        self._carrying = asyncio.Semaphore(CARRIED_AT_ONCE)

    async def create_multipart(self, key: str) -> str:
        async with translated("CreateMultipartUpload", CALL_SECONDS):
            answer = await self._client.create_multipart_upload(
                Bucket=self._bucket, Key=key, ChecksumAlgorithm="SHA256", **self._keeping.arguments()
            )
        return str(answer["UploadId"])

    async def list_parts(self, key: str, multipart_id: str) -> tuple[StoredPart, ...]:
        parts: list[StoredPart] = []
        marker = 0
        while True:
            async with translated("ListParts", CALL_SECONDS):
                page = await self._client.list_parts(
                    Bucket=self._bucket, Key=key, UploadId=multipart_id, PartNumberMarker=marker
                )
            parts += [_stored_part(part) for part in page.get("Parts", [])]
            if not page.get("IsTruncated"):
                return tuple(parts)
            marker = page["NextPartNumberMarker"]

    async def copy_part(self, key: str, multipart_id: str, copy: PartCopy) -> StoredPart:
        size_bytes = copy.last - copy.first + 1
        if self._copies_wrongly and size_bytes <= CARRIED_BYTES:
            async with self._carrying:
                return await self._carry_part(key, multipart_id, copy)
        async with translated("UploadPartCopy", COPY_SECONDS):
            answer = await self._client.upload_part_copy(
                Bucket=self._bucket,
                Key=key,
                UploadId=multipart_id,
                PartNumber=copy.claim.number,
                CopySource={"Bucket": self._bucket, "Key": copy.source_key},
                CopySourceRange=f"bytes={copy.first}-{copy.last}",
            )
        made = answer["CopyPartResult"]
        checksum = made.get("ChecksumSHA256")
        if checksum is not None and "-" in checksum and size_bytes <= CARRIED_BYTES:
            self._copies_wrongly = True  # whoever is here at the same time comes to see it, too
            return await self.copy_part(key, multipart_id, copy)
        return StoredPart(copy.claim.number, made["ETag"], size_bytes, checksum)

    async def _carry_part(self, key: str, multipart_id: str, copy: PartCopy) -> StoredPart:
        """versitygw 1.8.0 notes the source's own checksum, of all its parts, for a part that is copied from it, and
        refuses then to put that part together. So the bytes go through here, on the short way between storage and us.
        """
        span = f"bytes={copy.first}-{copy.last}"
        async with translated("GetObject", COPY_SECONDS):
            source = await self._client.get_object(Bucket=self._bucket, Key=copy.source_key, Range=span)
            body = await source["Body"].read()
        checksum = part_checksum(await asyncio.to_thread(lambda: hashlib.sha256(body).digest()))
        async with translated("UploadPart", COPY_SECONDS):
            made = await self._client.upload_part(
                Bucket=self._bucket,
                Key=key,
                UploadId=multipart_id,
                PartNumber=copy.claim.number,
                Body=body,
                ChecksumSHA256=checksum,
            )
        return StoredPart(copy.claim.number, made["ETag"], len(body), checksum)

    async def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[PartToAssemble]) -> None:
        listed = [
            {"PartNumber": part.number, "ETag": part.etag, "ChecksumSHA256": part_checksum(part.sha256)}
            for part in parts
        ]
        async with translated("CompleteMultipartUpload", ASSEMBLY_SECONDS):
            await self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=key,
                UploadId=multipart_id,
                MultipartUpload={"Parts": listed},
                IfNoneMatch="*",
            )

    async def head(self, key: str) -> StoredObject | None:
        try:
            async with translated("HeadObject", CALL_SECONDS):
                answer = await self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
        except ClientError as error:
            # HEAD has no body, so there is a status and no code.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == NOT_FOUND:
                return None
            raise
        return StoredObject(answer["ContentLength"], answer.get("ChecksumSHA256"))

    async def sizes(self, prefix: str, *, most: int) -> Mapping[str, int]:
        """versitygw lists what a crash left half written, too (`.NAME.sgwtmp.N`), but under no such prefix."""
        async with translated("ListObjectsV2", CALL_SECONDS):
            page = await self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, MaxKeys=most + 1)
        held = {item["Key"]: item["Size"] for item in page.get("Contents", [])}
        if len(held) > most:
            raise Unavailable("The storage holds more than was ever signed.")
        return held

    async def clear(self, prefix: str) -> None:
        """Always reads the first page: what was deleted is not on it any more."""
        while True:
            async with translated("ListObjectsV2", CALL_SECONDS):
                page = await self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix)
            for item in page.get("Contents", []):
                await self.delete(item["Key"])
            if not page.get("IsTruncated"):
                return

    async def abort_multiparts(self, key: str) -> None:
        """Always reads the first page: what was ended is not on it any more.

        versitygw refuses upload-id markers, and a key marker alone would skip the rest of the same key.
        """
        for _ in range(ROUNDS):
            async with translated("ListMultipartUploads", CALL_SECONDS):
                page = await self._client.list_multipart_uploads(Bucket=self._bucket, Prefix=key)
            mine = [upload["UploadId"] for upload in page.get("Uploads", []) if upload["Key"] == key]
            if not mine:
                return
            for multipart_id in mine:
                await self._abort(key, multipart_id)
        raise Unavailable("The storage goes on listing what was ended.")

    async def delete(self, key: str) -> None:
        async with translated("DeleteObject", CALL_SECONDS):
            await self._client.delete_object(Bucket=self._bucket, Key=key)

    async def ping(self) -> None:
        """Raises unless the bucket answers."""
        async with translated("HeadBucket", CALL_SECONDS):
            await self._client.head_bucket(Bucket=self._bucket)

    async def _abort(self, key: str, multipart_id: str) -> None:
        try:
            async with translated("AbortMultipartUpload", CALL_SECONDS):
                await self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=multipart_id)
        except MultipartGone:
            return  # somebody else was faster


def _stored_part(part: dict[str, Any]) -> StoredPart:
    return StoredPart(part["PartNumber"], part["ETag"], part["Size"], part.get("ChecksumSHA256"))
