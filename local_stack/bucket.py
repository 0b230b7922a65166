"""The bucket, its owner and who may read it from a browser; harmless to repeat."""

import http.client
from collections.abc import Sequence
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import boto3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as BotoCredentials
from botocore.exceptions import ClientError

from local_stack.engines.engine import Credentials
from local_stack.errors import StackError

_OWN_PORTS = {"http": ":80", "https": ":443"}
EXPOSED_HEADERS = ["ETag", "x-amz-checksum-sha256", "Content-Range", "Accept-Ranges", "Content-Length"]


def client(endpoint: str, credentials: Credentials, region: str) -> Any:
    """A boto3 S3 client as the services set theirs up (path style, v4 signatures)."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        config=Config(
            signature_version="s3v4", s3={"addressing_style": "path"}, connect_timeout=5, read_timeout=60
        ),
    )


def ensure_bucket(
    bucket: str, *, endpoint: str, region: str, root: Credentials, owner: Credentials, origins: Sequence[str]
) -> None:
    """Make `bucket` with `owner` as its owner, readable by pages from `origins`. Raises StackError."""
    account = (
        f"<Account><Access>{escape(owner.access_key_id)}</Access><Secret>{escape(owner.secret_access_key)}"
    )
    account += "</Secret><Role>user</Role></Account>"
    _administer(endpoint, region, root, "/create-user", body=account, fine={"XAdminUserExists"})
    # Who was there already may have another secret since (docs/rotation.md).
    secret = f"<MutableProps><Secret>{escape(owner.secret_access_key)}</Secret></MutableProps>"
    _administer(endpoint, region, root, f"/update-user?access={owner.access_key_id}", body=secret, fine=set())
    owned = {"x-vgw-owner": owner.access_key_id}
    _administer(
        endpoint,
        region,
        root,
        f"/{bucket}/create",
        headers=owned,
        fine={"BucketAlreadyOwnedByYou", "BucketAlreadyExists"},
    )
    rule = {
        "AllowedOrigins": [as_browsers_say(origin) for origin in origins],
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": EXPOSED_HEADERS,
        "MaxAgeSeconds": 600,
    }
    try:
        with closing(client(endpoint, owner, region)) as s3:
            s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    except ClientError as error:
        raise StackError(f"s3: the bucket's CORS rules were refused: {error}") from error


def as_browsers_say(origin: str) -> str:
    """Without the port that the scheme means anyway: storage compares letter by letter."""
    return origin.removesuffix(_OWN_PORTS.get(origin.partition(":")[0], ""))


def _administer(
    endpoint: str,
    region: str,
    root: Credentials,
    path: str,
    *,
    fine: set[str],
    body: str = "",
    headers: dict[str, str] | None = None,
) -> None:
    """One call of versitygw's admin API, signed as root (its CLI would show secrets in its arguments)."""
    request = AWSRequest("PATCH", f"{endpoint}{path}", data=body.encode(), headers=headers or {})
    S3SigV4Auth(BotoCredentials(root.access_key_id, root.secret_access_key), "s3", region).add_auth(request)
    url = urlsplit(endpoint)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=10)
    try:
        connection.request("PATCH", path, body=body.encode(), headers=dict(request.headers.items()))
        response = connection.getresponse()
        answer = response.read().decode(errors="replace")
    finally:
        connection.close()
    if response.status >= 400 and not any(f"<Code>{code}</Code>" in answer for code in fine):
        raise StackError(f"s3: {path} was refused with {response.status}: {answer}")
