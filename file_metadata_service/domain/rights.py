"""Who may do what. The one rule; roles that were shared along the chain of ancestors will join it here."""

from enum import StrEnum

from file_metadata_service.domain.errors import NodeNotFound
from file_metadata_service.domain.ids import Actor, DriveId, own_drive


class Right(StrEnum):
    """What a request wants to do."""

    READ = "read"
    WRITE = "write"


def may(actor: Actor, drive_id: DriveId, _right: Right) -> bool:
    """The owner may everything, nobody else anything."""
    return own_drive(actor.account_id) == drive_id


def demand(actor: Actor, drive_id: DriveId, right: Right) -> None:
    """Raises NodeNotFound: what is not for the actor answers exactly like what does not exist."""
    if not may(actor, drive_id, right):
        raise NodeNotFound("There is no such item.")
