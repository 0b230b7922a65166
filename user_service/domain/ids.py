"""Identifiers: 32 lower-case hexadecimal digits."""

from typing import NewType

AccountId = NewType("AccountId", str)
SessionId = NewType("SessionId", str)
