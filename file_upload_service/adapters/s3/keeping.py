"""How S3 shall keep objects: encrypted with which key, in which storage class.

Said when an object begins: with a PUT, or with CreateMultipartUpload, whose parts follow it
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keeping:
    """None: the bucket's own default. `kms_key_id` needs the encryption `aws:kms`."""

    encryption: str | None = None
    kms_key_id: str | None = None
    storage_class: str | None = None

    def headers(self) -> dict[str, str]:
        """What a PUT must send; signed with it, so that nobody can leave it out."""
        said = {
            "x-amz-server-side-encryption": self.encryption,
            "x-amz-server-side-encryption-aws-kms-key-id": self.kms_key_id,
            "x-amz-storage-class": self.storage_class,
        }
        return {name: value for name, value in said.items() if value is not None}

    def arguments(self) -> dict[str, str]:
        """The same, as the SDK calls it."""
        said = {
            "ServerSideEncryption": self.encryption,
            "SSEKMSKeyId": self.kms_key_id,
            "StorageClass": self.storage_class,
        }
        return {name: value for name, value in said.items() if value is not None}


AS_THE_BUCKET_DOES = Keeping()
