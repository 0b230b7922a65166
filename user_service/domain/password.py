"""Passwords as people type them (NIST SP 800-63B §5.1.1.2: length counts, composition rules do not)."""

import unicodedata
from collections.abc import Container
from dataclasses import dataclass, field

from user_service.domain.errors import PasswordUnacceptable

MIN_LENGTH = 8
MAX_LENGTH = 128
# Compatibility forms may grow when they are normalised (U+FDFA becomes 18 characters); cut before any such
# work.
_MAX_TYPED_LENGTH = 4 * MAX_LENGTH


@dataclass(frozen=True, slots=True)
class Password:
    """A password in the form that is hashed: NFKC, so that every keyboard's spelling of it is the same."""

    text: str = field(repr=False)


def new_password(typed: str, *, refused: Container[str] = ()) -> Password:
    """Takes a password that somebody chooses; `refused` holds, casefolded, what is always guessed first.

    Length is counted in characters after normalisation. Raises PasswordUnacceptable.
    """
    if len(typed) > _MAX_TYPED_LENGTH:
        raise PasswordUnacceptable(f"A password has at most {MAX_LENGTH} characters.")
    password = _normalised(typed)
    if len(password.text) < MIN_LENGTH:
        raise PasswordUnacceptable(f"A password needs at least {MIN_LENGTH} characters.")
    if len(password.text) > MAX_LENGTH:
        raise PasswordUnacceptable(f"A password has at most {MAX_LENGTH} characters.")
    if password.text.casefold() in refused:
        raise PasswordUnacceptable("This password is one of those that are guessed first.")
    return password


def presented_password(typed: str) -> Password | None:
    """Takes a password to compare. None: it breaks a rule that every stored one keeps, so it is wrong."""
    if len(typed) > _MAX_TYPED_LENGTH:
        return None
    password = _normalised(typed)
    return password if len(password.text) <= MAX_LENGTH else None


def _normalised(typed: str) -> Password:
    return Password(unicodedata.normalize("NFKC", typed))
