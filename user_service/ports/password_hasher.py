"""How passwords are turned into what is stored."""

from dataclasses import dataclass
from typing import Protocol

from user_service.domain.password import Password


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outdated`: right, but hashed with other parameters than are used now."""

    correct: bool
    outdated: bool = False


class PasswordHasher(Protocol):
    """Slow by intent, never in the way of other calls.

    Both methods MUST raise TooManyAttempts with `retry_after_seconds`, at once, when too many are waiting."""

    async def hash(self, password: Password) -> str:
        """Gives text to be stored: algorithm, parameters, a fresh salt, the hash."""
        ...

    async def verify(self, password: Password, stored: str | None) -> Verdict:
        """Compares. None stands for an account that does not exist: wrong, after the same time."""
        ...
