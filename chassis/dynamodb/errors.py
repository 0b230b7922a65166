"""What DynamoDB can answer besides success.

DynamoError
├── ConditionFailed               one condition of a single write did not hold
├── TransactionCancelled          a transaction was refused; nothing of it was applied
├── IdempotentParameterMismatch   a request token was used for another transaction before
├── Refused                       a request that DynamoDB does not take: our mistake
└── Transient (also chassis.errors.Unavailable: uncaught, it answers the caller UNAVAILABLE)
    ├── TransactionConflict       somebody else's transaction holds one of the items; not applied
    ├── Throttled                 not applied
    ├── TableMissing              migrations have not been run, or not all
    └── OutcomeUnknown            no answer came: it may or may not have been applied
        └── NotSent               no connection came about: surely not applied
"""

from dataclasses import dataclass
from typing import Any

from chassis.errors import Unavailable


class DynamoError(Exception):
    """The root; an adapter translates what it knows and lets the rest propagate."""


class ConditionFailed(DynamoError):
    """`existing` is the row that stood in the way, None if there was none."""

    def __init__(self, existing: Any = None) -> None:
        super().__init__("a condition did not hold")
        self.existing = existing


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one action of a transaction was refused.

    `code` is DynamoDB's: "None", "ConditionalCheckFailed", "TransactionConflict", … ;
    `existing` the row that stood in the way, decoded by the action's table.
    """

    code: str
    existing: Any = None


class TransactionCancelled(DynamoError):
    """`reasons` stand in the order of the actions."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons


class IdempotentParameterMismatch(DynamoError):
    """The request token belongs to another transaction."""


class Refused(DynamoError):
    """DynamoDB does not take the request. `code` is its own: "ValidationException", "AccessDeniedException", …"""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Transient(DynamoError, Unavailable):
    """Will pass by itself."""

    def __init__(self, detail: str = "The database did not answer. Please try again.") -> None:
        Unavailable.__init__(self, detail, retry_after_seconds=1)


class TransactionConflict(Transient):
    """Another transaction holds an item of this write. Not applied."""


class Throttled(Transient):
    """Too many requests for the table or the account. Not applied."""


class TableMissing(Transient):
    """Not applied. Passes once somebody runs the migrations, so a service waits for that, not ready."""

    def __init__(self) -> None:
        super().__init__("Tables are missing: run the migrations (`migrate up` of each service).")


class OutcomeUnknown(Transient):
    """No answer, or one that says nothing. A write may or may not have been applied."""


class NotSent(OutcomeUnknown):
    """No connection came about, so nothing was applied."""


# The reason code of an action whose condition did not hold.
CONDITIONAL_CHECK_FAILED = "ConditionalCheckFailed"
