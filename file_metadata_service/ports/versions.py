"""Ports: the past versions of a file, and those that somebody must look at."""

from dataclasses import dataclass
from typing import Protocol

from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.listings import Page


@dataclass(frozen=True, slots=True)
class DueFile:
    """A file with a past version whose time may have come."""

    drive_id: DriveId
    file_id: NodeId


class VersionListing(Protocol):
    """Raises `chassis.errors.Unavailable` if the store does not answer."""

    async def page(self, file_id: NodeId, *, below: int, limit: int) -> Page[PastVersion]:
        """Those with smaller numbers than `below`, newest first, at most `limit` (1-1000): one consistent query.

        Where to go on is below the number that the page says.
        """
        ...


class DueVersions(Protocol):
    """Raises `chassis.errors.Unavailable` if the store does not answer."""

    async def due(self, *, until_ms: int, limit: int) -> tuple[DueFile, ...]:
        """Files with a version due at that time or before: about `limit` versions' worth, each file once. From an
        index that may lag; the rows decide.
        """
        ...
