"""Port: rows as whoever checks them wants them, with what is derived from them judged, too."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.ports.ledger import Key, Rows


@dataclass(frozen=True, slots=True)
class Sight:
    """`misfiled`: rows whose derived attributes (what indexes sort by) are not what follows from the rest."""

    head: Drive
    rows: Rows
    misfiled: frozenset[Key] = frozenset()


class Sights(Protocol):
    """Never from a cache. Every method raises `chassis.errors.Unavailable` if the store does not answer."""

    async def glance(self, head: Drive, keys: Iterable[Key]) -> Sight:
        """Any number of rows, each as it is now, but not as of one moment; the head as given."""
        ...

    async def look(self, drive_id: DriveId, keys: frozenset[Key]) -> Sight:
        """At most 99 rows and the head, all as of one moment. The drive must be there."""
        ...
