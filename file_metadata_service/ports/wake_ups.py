"""Port: waking those who wait for a drive's next change."""

from typing import Protocol

from file_metadata_service.domain.ids import Position


class WakeUps(Protocol):
    def landed(self, position: Position) -> None:
        """The drive's head is there now.

        Returns at once and never raises. It may be lost, late, or be told of the last of several positions only:
        the journal is the truth.
        """
        ...
