"""Telling several that a drive has changed."""

from dataclasses import dataclass

from file_metadata_service.domain.ids import Position
from file_metadata_service.ports.wake_ups import WakeUps


@dataclass(frozen=True, slots=True)
class AllWakeUps:
    """Implements ports.wake_ups.WakeUps by several of them."""

    several: tuple[WakeUps, ...]

    def landed(self, position: Position) -> None:
        for each in self.several:
            each.landed(position)
