import json
from typing import Any

import pytest

from chassis.dynamodb import (
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
)
from chassis.dynamodb.answers import error_of
from chassis.errors import Unavailable

PREFIX = "com.amazonaws.dynamodb.v20120810#"


def answer(code: str, *, status: int = 400, **more: Any) -> DynamoError:
    return error_of(status, json.dumps({"__type": PREFIX + code, "message": "words", **more}).encode())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ProvisionedThroughputExceededException", Throttled),
        ("ThrottlingException", Throttled),
        ("RequestLimitExceeded", Throttled),
        ("TransactionConflictException", TransactionConflict),
        ("TransactionInProgressException", OutcomeUnknown),
        ("IdempotentParameterMismatchException", IdempotentParameterMismatch),
        ("ResourceNotFoundException", TableMissing),
        ("ValidationException", Refused),
    ],
)
def test_each_code_has_its_error(code: str, expected: type[DynamoError]) -> None:
    assert type(answer(code)) is expected


def test_a_code_is_read_with_and_without_its_namespace() -> None:
    assert type(error_of(400, b'{"__type": "ThrottlingException"}')) is Throttled


def test_a_failed_condition_brings_the_row_that_stood_in_the_way() -> None:
    error = answer("ConditionalCheckFailedException", Item={"id": {"S": "x"}})

    assert isinstance(error, ConditionFailed)
    assert error.existing == {"id": {"S": "x"}}


def cancelled(*reasons: dict[str, Any]) -> DynamoError:
    return answer("TransactionCanceledException", CancellationReasons=list(reasons))


def test_the_reasons_of_a_cancelled_transaction_stand_in_the_order_of_its_actions() -> None:
    error = cancelled({"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": {"id": {"S": "x"}}})

    assert isinstance(error, TransactionCancelled)
    assert error.reasons == (Reason("None"), Reason("ConditionalCheckFailed", {"id": {"S": "x"}}))


def test_a_transaction_that_met_another_one_is_a_conflict() -> None:
    assert type(cancelled({"Code": "None"}, {"Code": "TransactionConflict"})) is TransactionConflict


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_of_which_one_table_throttles_is_throttled(code: str) -> None:
    assert type(cancelled({"Code": code}, {"Code": "None"})) is Throttled


def test_a_failed_condition_beside_a_conflict_is_the_answer() -> None:
    error = cancelled({"Code": "TransactionConflict"}, {"Code": "ConditionalCheckFailed"})

    assert isinstance(error, TransactionCancelled)


def test_a_conflict_beside_throttling_is_a_conflict() -> None:
    assert (
        type(cancelled({"Code": "TransactionConflict"}, {"Code": "ThrottlingError"})) is TransactionConflict
    )


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_leaves_the_outcome_unknown(status: int) -> None:
    assert type(error_of(status, b"<html>Bad gateway</html>")) is OutcomeUnknown
    assert type(answer("InternalServerError", status=status)) is OutcomeUnknown


@pytest.mark.parametrize("status", [400, 408])
def test_a_refusal_that_does_not_say_why_is_none_of_dynamodb_s(status: int) -> None:
    """Somebody on the way answers so who got half of a request."""
    assert type(error_of(status, b"")) is OutcomeUnknown
    assert type(error_of(status, b"<html>Bad request</html>")) is OutcomeUnknown


def test_what_is_refused_says_why_to_the_log() -> None:
    error = answer("ValidationException")

    assert isinstance(error, Refused)
    assert (error.code, error.message) == ("ValidationException", "words")


def test_an_answer_that_is_no_json_is_refused_by_its_status() -> None:
    error = error_of(413, b"too large")

    assert isinstance(error, Refused)
    assert error.code == "413"


@pytest.mark.parametrize("error", [Throttled(), TransactionConflict(), OutcomeUnknown(), TableMissing()])
def test_what_passes_by_itself_answers_unavailable_if_nobody_catches_it(error: Exception) -> None:
    assert isinstance(error, Unavailable)
    assert error.retry_after_seconds
