"""Encryption and storage class: what may be set, and that a multipart upload begins with them."""

from typing import Any

import pytest
from pydantic import ValidationError

from file_upload_service.adapters.s3.keeping import Keeping
from file_upload_service.adapters.s3.object_store import S3ObjectStore
from file_upload_service.settings import UploadSettings

NEEDED = {"STOWAGE_ID_SECRET": "x" * 32, "S3_BUCKET": "bucket"}


class RecordingClient:
    """S3, as far as this is about it."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}

    async def create_multipart_upload(self, **said: str) -> dict[str, str]:
        self.said = said
        return {"UploadId": "multipart"}


async def began_with(**settings: Any) -> dict[str, str]:
    client = RecordingClient()
    await S3ObjectStore(client, "bucket", keeping=Keeping(**settings)).create_multipart("key")
    return client.said


async def test_a_multipart_upload_begins_with_what_is_set_and_with_nothing_else() -> None:
    plain = {"Bucket": "bucket", "Key": "key", "ChecksumAlgorithm": "SHA256"}

    assert await began_with() == plain
    assert await began_with(encryption="AES256") == {**plain, "ServerSideEncryption": "AES256"}
    assert await began_with(encryption="aws:kms", kms_key_id="k", storage_class="GLACIER_IR") == {
        **plain,
        "ServerSideEncryption": "aws:kms",
        "SSEKMSKeyId": "k",
        "StorageClass": "GLACIER_IR",
    }


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"S3_ENCRYPTION": "rot13"}, "S3_ENCRYPTION"),
        ({"S3_KMS_KEY_ID": "key"}, "S3_KMS_KEY_ID"),
        ({"S3_KMS_KEY_ID": "key", "S3_ENCRYPTION": "AES256"}, "S3_KMS_KEY_ID"),
        ({"S3_STORAGE_CLASS": "DEEP_ARCHIVE"}, "S3_STORAGE_CLASS"),
        ({"S3_STORAGE_CLASS": "ONEZONE_IA"}, "S3_STORAGE_CLASS"),
    ],
)
def test_what_would_lose_data_or_means_nothing_is_refused_by_name(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        UploadSettings.model_validate(NEEDED | wrong)


def test_what_makes_sense_is_taken() -> None:
    settings = UploadSettings.model_validate(
        NEEDED | {"S3_ENCRYPTION": "aws:kms", "S3_KMS_KEY_ID": "key", "S3_STORAGE_CLASS": "STANDARD"}
    )

    assert (settings.s3_encryption, settings.s3_kms_key_id) == ("aws:kms", "key")
