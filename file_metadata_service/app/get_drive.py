"""The caller's own drive."""

from dataclasses import dataclass

from file_metadata_service.app.heads import Heads
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import Actor, Seen, own_drive


@dataclass(frozen=True, slots=True)
class GetDrive:
    heads: Heads

    async def __call__(self, actor: Actor, seen: Seen = ()) -> Drive:
        """Comes into being with the first access. Raises CursorReset, Unavailable."""
        return await self.heads.read(own_drive(actor.account_id), seen)
