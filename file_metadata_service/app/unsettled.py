"""Writings whose outcome nobody knows: while the head stands where such a one was to be written, it may still land."""

from collections import OrderedDict
from dataclasses import dataclass, field

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId, Position


@dataclass(slots=True)
class Unsettled:
    """By drive. Bounded: of very many drives that were written to in an outage, the first are forgotten."""

    max_drives: int = 10_000
    _heads: OrderedDict[DriveId, Position] = field(default_factory=OrderedDict)

    def suspect(self, head: Drive) -> None:
        """Something may yet be written on that head."""
        self._heads[head.id] = head.position
        self._heads.move_to_end(head.id)
        if len(self._heads) > self.max_drives:
            self._heads.popitem(last=False)

    def may_land_on(self, head: Drive) -> bool:
        """`head`: as it is now. One that has moved has settled whatever was to be written on it before."""
        if head.id not in self._heads:
            return False
        if self._heads[head.id] != head.position:
            del self._heads[head.id]
            return False
        return True
