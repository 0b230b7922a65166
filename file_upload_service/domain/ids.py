"""What things are called by. Ids are 32 lower-case hex digits unless said otherwise."""

import hmac
from typing import NewType

AccountId = NewType("AccountId", str)
DriveId = NewType("DriveId", str)
NodeId = NewType("NodeId", str)
UploadId = NewType("UploadId", str)
BlobId = NewType("BlobId", str)

ID_HEX_DIGITS = 32


def actor_of(account_id: AccountId) -> str:
    """Who causes an upload, as commands and changes name them."""
    return f"account:{account_id}"


def derive_upload_id(secret: bytes, *, drive_id: DriveId, actor: str, command_id: str) -> UploadId:
    """The same command always names the same upload, so that repeating a lost Start finds the first one.

    The secret keeps ids unguessable; it is shared by the instances, and changing it only forgets repeats.
    """
    message = "\0".join(("upload", drive_id, actor, command_id)).encode()
    return UploadId(hmac.digest(secret, message, "sha256").hex()[:ID_HEX_DIGITS])


def blob_key(blob_id: BlobId) -> str:
    """Where a blob's bytes stand in the bucket. No user text; every object leads to its rows."""
    return f"blobs/{blob_id[:2]}/{blob_id[2:4]}/{blob_id}"
