"""Passwords as people type them (NIST SP 800-63B §5.1.1.2: length counts, composition rules do not)."""

import unicodedata
from collections.abc import Container
from dataclasses import dataclass, field
from itertools import pairwise

from user_service.domain.errors import PasswordUnacceptable

MIN_LENGTH = 8
MAX_LENGTH = 128
# Compatibility forms may grow when they are normalised (U+FDFA becomes 18 characters); cut before any such
# work.
_MAX_TYPED_LENGTH = 4 * MAX_LENGTH
_SERVICE = "stowage"
# Shorter ones are in everything: a person called "li" may well have a password with "like" in it.
_MIN_CONTEXT_LENGTH = 3
_RUNS = ({-1}, {1})


@dataclass(frozen=True, slots=True)
class Password:
    """A password in the form that is hashed: NFKC, so that every keyboard's spelling of it is the same."""

    text: str = field(repr=False)


def new_password(typed: str, *, email: str, common: Container[str]) -> Password:
    """Takes a password that somebody chooses for the account of `email`, which is normalised.

    Length is counted in characters after normalisation. `common` holds, casefolded, what is guessed first.
    Raises PasswordUnacceptable, with the reason.
    """
    if len(typed) > _MAX_TYPED_LENGTH:
        raise PasswordUnacceptable(f"A password has at most {MAX_LENGTH} characters.")
    password = _normalised(typed)
    if len(password.text) < MIN_LENGTH:
        raise PasswordUnacceptable(f"A password needs at least {MIN_LENGTH} characters.")
    if len(password.text) > MAX_LENGTH:
        raise PasswordUnacceptable(f"A password has at most {MAX_LENGTH} characters.")
    if any(unicodedata.category(character) == "Cs" for character in password.text):
        raise PasswordUnacceptable("A password is made of whole characters.")
    _check_guesses(password.text.casefold(), email, common)
    return password


def presented_password(typed: str) -> Password | None:
    """Takes a password to compare. None: it breaks a rule that every stored one keeps, so it is wrong."""
    if len(typed) > _MAX_TYPED_LENGTH:
        return None
    password = _normalised(typed)
    return password if len(password.text) <= MAX_LENGTH else None


def _normalised(typed: str) -> Password:
    return Password(unicodedata.normalize("NFKC", typed))


def _check_guesses(text: str, email: str, common: Container[str]) -> None:
    if text in common:
        raise PasswordUnacceptable("This password is one of those that are guessed first.")
    if _period(text) < MIN_LENGTH or _steps(text) in _RUNS:
        raise PasswordUnacceptable("A password is more than a few characters repeated, or in a row.")
    unguessed = _without_context(text, email)
    if unguessed != text and (len(unguessed) < MIN_LENGTH or unguessed in common):
        raise PasswordUnacceptable(
            "Beside your e-mail address and the name of this service, a password needs "
            f"{MIN_LENGTH} characters that nobody guesses."
        )


def _without_context(text: str, email: str) -> str:
    """What is left when all that everybody knows of this account is taken out."""
    local, _, domain = email.rpartition("@")
    words = {
        email,
        local,
        _SERVICE,
        *domain.split("."),
        *local.replace("+", ".").replace("_", ".").split("."),
    }
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _MIN_CONTEXT_LENGTH:
            text = text.replace(word, "")
    return text


def _period(text: str) -> int:
    """The length of the shortest text that, repeated, makes this one: of `abababab` it is 2."""
    return (text + text).index(text, 1)


def _steps(text: str) -> set[int]:
    """How far each character is from the one before it: of `abcdef` it is {1}."""
    return {ord(after) - ord(before) for before, after in pairwise(text)}
