"""What S3's errors mean, in one table. Whatever is not here propagates as it is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError

from chassis.engine_calls import engine_calls
from chassis.errors import Unavailable
from file_upload_service.ports.object_store import KeyTaken, MultipartGone, PartsRejected, SourceGone

# Error codes of the S3 API
# (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList).
KNOWN: dict[str, type[Exception]] = {
    "PreconditionFailed": KeyTaken,
    "NoSuchUpload": MultipartGone,
    "NoSuchKey": SourceGone,
    "InvalidPart": PartsRejected,
    "InvalidPartOrder": PartsRejected,
    "EntityTooSmall": PartsRejected,
    "BadDigest": PartsRejected,
    "XAmzContentChecksumMismatch": PartsRejected,
    # Somebody else is writing the same key: it will be decided.
    "ConditionalRequestConflict": Unavailable,
    "OperationAborted": Unavailable,
    "SlowDown": Unavailable,
    "Throttling": Unavailable,
    "RequestTimeout": Unavailable,
    "InternalError": Unavailable,
    "ServiceUnavailable": Unavailable,
}
# What S3 refuses and no port has a word for: wrong keys, missing rights.
StorageRefusal: TypeAlias = ClientError
SORRY = "The storage does not answer. Please try again."


def translate(error: Exception) -> Exception:
    """The error of the port that a botocore error means, else the error itself."""
    if not isinstance(error, ClientError):
        return Unavailable(SORRY)
    known = KNOWN.get(error.response["Error"]["Code"])
    if known is Unavailable or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
        return Unavailable(SORRY, retry_after_seconds=1)
    return known() if known is not None else error


@asynccontextmanager
async def translated(operation: str, deadline_seconds: float) -> AsyncIterator[None]:
    """One call, within its deadline. `operation`: as S3's API has it."""
    with engine_calls("s3").measured(operation):
        async with _translated(deadline_seconds):
            yield


@asynccontextmanager
async def _translated(deadline_seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(deadline_seconds):
            yield
    except (
        ClientError,
        HTTPClientError,
        BotoConnectionError,
        EndpointConnectionError,
        NoCredentialsError,
        TimeoutError,
    ) as error:
        meant = translate(error)
        if meant is error:
            raise
        raise meant from error
