"""What things are called by. Ids are 32 lower-case hex digits unless said otherwise."""

import hmac
import re
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


def derive_upload_id(
    secret: bytes, *, drive_id: DriveId, actor: str, command_id: str, purpose: str = "upload"
) -> UploadId:
    """The same command always names the same upload, so that repeating a lost Start finds the first one.

    The secret keeps ids unguessable; it is shared by the instances, and changing it only forgets repeats.
    """
    message = "\0".join((purpose, drive_id, actor, command_id)).encode()
    return UploadId(hmac.digest(secret, message, "sha256").hex()[:ID_HEX_DIGITS])


BLOBS_PREFIX = "blobs/"
# What is tried at each start, where the service's rights reach; no blob's key begins so.
TRIALS_PREFIX = f"{BLOBS_PREFIX}trial/"
_BLOB_ID = re.compile(r"[0-9a-f]{32}(\.[0-9]{1,4})?")


def blob_key(blob_id: BlobId) -> str:
    """Where a blob's bytes stand in the bucket. No user text; every object leads to its rows."""
    return f"{BLOBS_PREFIX}{blob_id[:2]}/{blob_id[2:4]}/{blob_id}"


def blob_at(key: str) -> BlobId | None:
    """The blob whose bytes stand there; None if no blob's do."""
    blob_id = BlobId(key.rpartition("/")[2])
    return blob_id if _BLOB_ID.fullmatch(blob_id) and key == blob_key(blob_id) else None


def upload_of(blob_id: BlobId) -> UploadId:
    """The upload that makes the blob: several of a batch have one."""
    return UploadId(blob_id.partition(".")[0])
