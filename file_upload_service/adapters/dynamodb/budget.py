"""How many uploads an account has open: one row for each account, written with whatever opens and ends."""

from typing import Any

from chassis.dynamodb import CONDITIONAL_CHECK_FAILED, Action, Reason, Table, exists, less, not_exists
from file_upload_service.domain.errors import TooManyUploads
from file_upload_service.domain.ids import AccountId


def counting_one_more(rows: Table[Any], account_id: AccountId, *, budget: int) -> Action:
    """Refused if there are `budget` already."""
    room = not_exists("open_uploads") | less("open_uploads", budget)
    return rows.updating(*_key(account_id), add={"open_uploads": 1}, condition=room)


def counting_one_less(rows: Table[Any], account_id: AccountId) -> Action:
    return rows.updating(*_key(account_id), add={"open_uploads": -1}, condition=exists("open_uploads"))


def explain_refused_count(reason: Reason) -> None:
    """Raises TooManyUploads if the account had too many open."""
    if reason.code == CONDITIONAL_CHECK_FAILED:
        raise TooManyUploads("Too many uploads are open. Complete or abort some.", retry_after_seconds=60)


def _key(account_id: AccountId) -> tuple[str, str]:
    return f"budget#{account_id}", account_id
