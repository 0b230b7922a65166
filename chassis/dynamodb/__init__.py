"""DynamoDB as the services use it: typed rows, conditions, transactions, and no retry that could write twice."""

from chassis.dynamodb.client import Action, DynamoDB, Get, counting, open_dynamodb
from chassis.dynamodb.conditions import (
    Condition,
    at_least,
    at_most,
    differs,
    equals,
    exists,
    greater,
    less,
    not_exists,
    one_of,
)
from chassis.dynamodb.errors import (
    CONDITIONAL_CHECK_FAILED,
    ConditionFailed,
    DynamoError,
    IdempotentParameterMismatch,
    NotSent,
    OutcomeUnknown,
    Reason,
    Refused,
    TableMissing,
    Throttled,
    TransactionCancelled,
    TransactionConflict,
    Transient,
)
from chassis.dynamodb.queries import Index, Key
from chassis.dynamodb.shapes import Bytes
from chassis.dynamodb.table import Page, Table
from chassis.dynamodb.transport import Transport
from chassis.dynamodb.values import Value

__all__ = [
    "CONDITIONAL_CHECK_FAILED",
    "Action",
    "Bytes",
    "Condition",
    "ConditionFailed",
    "DynamoDB",
    "DynamoError",
    "Get",
    "IdempotentParameterMismatch",
    "Index",
    "Key",
    "NotSent",
    "OutcomeUnknown",
    "Page",
    "Reason",
    "Refused",
    "Table",
    "TableMissing",
    "Throttled",
    "TransactionCancelled",
    "TransactionConflict",
    "Transient",
    "Transport",
    "Value",
    "at_least",
    "at_most",
    "counting",
    "differs",
    "equals",
    "exists",
    "greater",
    "less",
    "not_exists",
    "one_of",
    "open_dynamodb",
]
