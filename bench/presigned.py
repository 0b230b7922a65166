"""A PUT by a signed URL, as bytes that are ready before the clock starts."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from local_stack import bucket
from local_stack.composition import REGION
from local_stack.stack import Stack
from local_stack.vault import Vault

BUCKET = "bench"
URL_SECONDS = 3600


def put_request(url: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """A whole request; the address goes into Host, because it is signed."""
    parts = urlsplit(url)
    sent = {name: value for name, value in headers.items() if name.lower() not in ("host", "content-length")}
    lines = [
        f"PUT {parts.path}?{parts.query} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in sent.items()),
    ]
    return "\r\n".join((*lines, "", "")).encode() + body


def bucket_of(stack: Stack) -> Any:
    """A client of a bucket that is nobody's but ours."""
    vault = Vault(stack.home.secrets)
    owner, root = vault.credentials("file-upload-service/s3"), vault.credentials("engines/s3_root")
    endpoint = stack.env("file_upload_service")["S3_ENDPOINT"]
    bucket.ensure_bucket(
        BUCKET, endpoint=endpoint, region=REGION, root=root, owner=owner, origins=[stack.url]
    )
    return bucket.client(endpoint, owner, REGION)


def presigned_put(client: Any, key: str, body: bytes) -> bytes:
    checksum = base64.b64encode(hashlib.sha256(body).digest()).decode()
    wanted = {"Bucket": BUCKET, "Key": key, "ContentLength": len(body), "ChecksumSHA256": checksum}
    url = client.generate_presigned_url("put_object", Params=wanted, ExpiresIn=URL_SECONDS)
    return put_request(url, {"x-amz-checksum-sha256": checksum}, body)
