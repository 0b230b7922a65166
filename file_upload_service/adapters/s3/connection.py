"""The connection to S3, and where its bucket is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any, TypeAlias
from urllib.parse import quote, urlsplit

import aioboto3
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.utils import parse_timestamp

Session: TypeAlias = aioboto3.Session
# S3 may take minutes to put a large object together (versitygw on ext4: up to 3 s per GiB).
ASSEMBLY_SECONDS = 900
CALL_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket at an endpoint. `endpoint` None means AWS, where the bucket's name is part of the host."""

    name: str
    region: str
    endpoint: str | None

    def __post_init__(self) -> None:
        if self.endpoint is not None and not urlsplit(self.endpoint).hostname:
            raise ValueError(f"{self.endpoint!r} is no endpoint: say http://host:port")

    def is_out_of_reach_from(self, here: "Bucket") -> bool:
        """Whether this names loopback, though storage is elsewhere: loopback of whoever calls, not of this process.

        So it is where containers are tried out on the machine of whoever uses them.
        """
        return _is_loopback(self.endpoint) and not _is_loopback(here.endpoint)

    def url_of(self, key: str) -> str:
        path = quote(key, safe="/~")
        if self.endpoint is None:
            return f"https://{self.name}.s3.{self.region}.amazonaws.com/{path}"
        return f"{self.endpoint.rstrip('/')}/{quote(self.name)}/{path}"


def _is_loopback(endpoint: str | None) -> bool:
    host = urlsplit(endpoint).hostname if endpoint else None
    if host is None or host == "localhost":
        return host is not None
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def new_session(access_key_id: str | None, secret_access_key: str | None) -> Session:
    """Without keys: AWS's own chain (environment, files, roles)."""
    underneath = AioSession()
    underneath.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
    return aioboto3.Session(
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        botocore_session=underneath,
    )


def _moment(text: str) -> datetime:
    """botocore tries every form that a time can have, which took half of what reading a listing takes."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # in headers
        return parse_timestamp(text)  # type: ignore[no-any-return]  # botocore has no types


@asynccontextmanager
async def open_client(session: Session, bucket: Bucket, *, connections: int) -> AsyncIterator[Any]:
    """One client for the process.

    Its calls are retried: none of them does harm twice (a second CreateMultipartUpload is ended with its upload).
    """
    config = AioConfig(
        # Without s3v4 presigned checksums are dropped silently.
        signature_version="s3v4",
        s3={"addressing_style": "virtual" if bucket.endpoint is None else "path"},
        connect_timeout=3,
        read_timeout=ASSEMBLY_SECONDS,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": 3},
        # Checksums are ours, per part; the default ones of the SDK would be refused by older servers.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    async with session.client(
        "s3", endpoint_url=bucket.endpoint, region_name=bucket.region, config=config
    ) as client:
        yield client
