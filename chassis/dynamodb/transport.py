"""One request to DynamoDB and its answer, with botocore's errors translated by one table."""

import asyncio
import time
from typing import Any, Protocol

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)
from prometheus_client import Histogram

from chassis.dynamodb.errors import (
    ConditionFailed,
    DynamoError,
    IdempotentParameterMismatch,
    OutcomeUnknown,
    Reason,
    Throttled,
    TransactionConflict,
    cancelled_or_conflict,
)
from chassis.dynamodb.values import Wire

_SECONDS = Histogram("stowage_dynamodb_seconds", "Requests to DynamoDB", ("operation", "outcome"))

# Error codes of the DynamoDB API that say something to us; whatever is not here propagates as it is.
_KNOWN: dict[str, type[DynamoError]] = {
    "ProvisionedThroughputExceededException": Throttled,
    "ThrottlingException": Throttled,
    "RequestLimitExceeded": Throttled,
    "TransactionConflictException": TransactionConflict,
    "TransactionInProgressException": OutcomeUnknown,
    "IdempotentParameterMismatchException": IdempotentParameterMismatch,
    "InternalServerError": OutcomeUnknown,
    "InternalServerErrorException": OutcomeUnknown,
    "ServiceUnavailable": OutcomeUnknown,
}


class NotSent(OutcomeUnknown):
    """No connection came about, so nothing was applied."""


class Transport(Protocol):
    """Sends one request, once."""

    async def call(self, operation: str, request: Wire) -> Wire:
        """`operation` as in the API ("PutItem"). Raises DynamoError; existing items in errors are still wire values."""
        ...


class BotoTransport:
    """Over one aiobotocore client, which is shared by the process and does not retry by itself."""

    def __init__(self, client: Any, *, deadline_seconds: float) -> None:
        self._methods = {
            operation: getattr(client, method)
            for method, operation in client.meta.method_to_api_mapping.items()
        }
        self._deadline_seconds = deadline_seconds

    async def call(self, operation: str, request: Wire) -> Wire:
        started = time.perf_counter()
        outcome = "OK"
        try:
            async with asyncio.timeout(self._deadline_seconds):
                answer: Wire = await self._methods[operation](**request)
                return answer
        except (ClientError, HTTPClientError, BotoConnectionError, TimeoutError) as error:
            translated = translate(error)
            outcome = type(translated).__name__
            if translated is error:
                raise
            raise translated from error
        finally:
            _SECONDS.labels(operation, outcome).observe(time.perf_counter() - started)


def translate(error: Exception) -> Exception:
    """The DynamoError that a botocore error means, else the error itself."""
    if isinstance(error, EndpointConnectionError | ConnectTimeoutError):
        return NotSent()
    if not isinstance(error, ClientError):
        return OutcomeUnknown()
    code: str = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        return ConditionFailed(error.response.get("Item"))
    if code == "TransactionCanceledException":
        reasons = error.response.get("CancellationReasons", [])
        return cancelled_or_conflict(
            tuple(Reason(reason.get("Code", "None"), reason.get("Item")) for reason in reasons)
        )
    if code in _KNOWN:
        return _KNOWN[code]()
    if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
        return OutcomeUnknown()
    return error  # type: ignore[no-any-return]  # botocore is untyped
