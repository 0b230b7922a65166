"""A person who can sign in."""

import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from user_service.domain.errors import DisplayNameInvalid
from user_service.domain.ids import AccountId

MAX_DISPLAY_NAME_LENGTH = 100


class AccountState(StrEnum):
    """Whether the account may be used. Nothing disables accounts yet but an operator."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Account:
    """`email` is normalised. `command_hash` recognises a repeat of the command that made the account."""

    id: AccountId
    email: str
    display_name: str
    password_hash: str = field(repr=False)
    # Grows with each new password, not when the same one is hashed anew; sessions are opened against it.
    password_version: int
    created_at: datetime
    command_hash: str = field(repr=False)
    state: AccountState = AccountState.ACTIVE

    @property
    def is_active(self) -> bool:
        return self.state is AccountState.ACTIVE

    def with_new_password(self, password_hash: str) -> "Account":
        return replace(self, password_hash=password_hash, password_version=self.password_version + 1)

    def with_password_rehashed(self, password_hash: str) -> "Account":
        return replace(self, password_hash=password_hash)


def display_name_of(typed: str) -> str:
    """Gives a name as it is shown: trimmed, NFC, 0 to 100 characters. Raises DisplayNameInvalid."""
    if len(typed) > 4 * MAX_DISPLAY_NAME_LENGTH:  # before any work that grows with the input
        raise DisplayNameInvalid(f"A display name has at most {MAX_DISPLAY_NAME_LENGTH} characters.")
    name = unicodedata.normalize("NFC", typed.strip())
    if len(name) > MAX_DISPLAY_NAME_LENGTH:
        raise DisplayNameInvalid(f"A display name has at most {MAX_DISPLAY_NAME_LENGTH} characters.")
    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in name):
        raise DisplayNameInvalid("A display name is one line of characters that can be shown.")
    return name
