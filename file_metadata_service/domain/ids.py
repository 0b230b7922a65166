"""Who and what: the identities of the glossary, and how new nodes get theirs."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import NewType, Self

from chassis.errors import InvalidArgument

AccountId = NewType("AccountId", str)
DriveId = NewType("DriveId", str)
NodeId = NewType("NodeId", str)
BlobId = NewType("BlobId", str)

ACCOUNT_PREFIX = "account:"
COMMAND_ID_MAX_CHARACTERS = 128


@dataclass(frozen=True, slots=True)
class Actor:
    """Who causes something. Only accounts do, until links and services do too."""

    account_id: AccountId

    def __str__(self) -> str:
        return f"{ACCOUNT_PREFIX}{self.account_id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The actor that `str()` wrote. Raises InvalidArgument."""
        if not text.startswith(ACCOUNT_PREFIX) or len(text) == len(ACCOUNT_PREFIX):
            raise InvalidArgument("An actor is written as account:<account id>.")
        return cls(AccountId(text.removeprefix(ACCOUNT_PREFIX)))


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a drive's journal."""

    drive_id: DriveId
    journal_id: str
    seq: int


# Places that answers to one client were as of: what it is told now must not be older.
Seen = tuple[Position, ...]


def own_drive(account_id: AccountId) -> DriveId:
    """Every account has one drive, whose id is the account's."""
    return DriveId(account_id)


def root_of(drive_id: DriveId) -> NodeId:
    """The root folder's id is the drive's."""
    return NodeId(drive_id)


def check_command_id(command_id: str) -> str:
    """1-128 printable ASCII. Raises InvalidArgument."""
    if not (0 < len(command_id) <= COMMAND_ID_MAX_CHARACTERS and command_id.isascii()):
        raise InvalidArgument("A command id has 1 to 128 ASCII characters.")
    if not command_id.isprintable():
        raise InvalidArgument("A command id holds printable characters only.")
    return command_id


@dataclass(frozen=True, slots=True)
class NodeIds:
    """Gives the node that a command makes its id: the same command makes the same node.

    The secret is shared by all instances; changing it only forgets repeats.
    """

    secret: bytes

    def of(self, purpose: str, drive_id: DriveId, actor: Actor, command_id: str) -> NodeId:
        """32 lower-case hex digits, the first half of an HMAC-SHA256."""
        message = "\0".join((purpose, drive_id, str(actor), command_id)).encode()
        return NodeId(hmac.new(self.secret, message, hashlib.sha256).digest()[:16].hex())
