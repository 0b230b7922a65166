"""What an answer that is not a success means."""

from typing import Any

import msgspec

from chassis.dynamodb.errors import (
    ConditionFailed,
    DynamoError,
    IdempotentParameterMismatch,
    OutcomeUnknown,
    Reason,
    Refused,
    TableMissing,
    Throttled,
    TransactionCancelled,
    TransactionConflict,
    Transient,
)

# Errors that say something to us. Source: AWS, "Error handling with DynamoDB" and each operation's errors.
_KNOWN: dict[str, type[DynamoError]] = {
    "ProvisionedThroughputExceededException": Throttled,
    "ThrottlingException": Throttled,
    "RequestLimitExceeded": Throttled,
    "TransactionConflictException": TransactionConflict,
    "ReplicatedWriteConflictException": TransactionConflict,
    # The same token is being worked on: whether it will be applied is not known yet.
    "TransactionInProgressException": OutcomeUnknown,
    "ResourceNotFoundException": TableMissing,
    "IdempotentParameterMismatchException": IdempotentParameterMismatch,
}

# Why an action of a transaction was refused, if that passes by itself.
_PASSING: dict[str, type[Transient]] = {
    "TransactionConflict": TransactionConflict,
    "ThrottlingError": Throttled,
    "ProvisionedThroughputExceeded": Throttled,
}

_CUT = frozenset({400, 408})


def error_of(status: int, body: bytes) -> DynamoError:
    """The error that an answer with another status than 200 means; existing items are still wire values."""
    try:
        answer = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        answer = {}
    # "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"; AWS's own SDKs read the part behind "#".
    code = str(answer.get("__type", status)).rpartition("#")[2]
    if code == "ConditionalCheckFailedException":
        return ConditionFailed(answer.get("Item"))
    if code == "TransactionCanceledException":
        reasons = answer.get("CancellationReasons", [])
        return _cancelled(tuple(Reason(reason.get("Code", "None"), reason.get("Item")) for reason in reasons))
    if code in _KNOWN:
        return _KNOWN[code]()
    # DynamoDB says why it refuses. Who only says 400 or 408 stands on the way, and saw half of the request.
    if status >= 500 or (status in _CUT and "__type" not in answer):
        return OutcomeUnknown()
    return Refused(code, str(answer.get("message") or answer.get("Message") or ""))


def _cancelled(reasons: tuple[Reason, ...]) -> DynamoError:
    """One failed condition is the answer; without any, a conflict or throttling asks for another try.

    Source: AWS, "TransactWriteItems", CancellationReasons.
    """
    failed = {reason.code for reason in reasons} - {"None"}
    if failed and failed <= _PASSING.keys():
        return TransactionConflict() if "TransactionConflict" in failed else Throttled()
    return TransactionCancelled(reasons)
