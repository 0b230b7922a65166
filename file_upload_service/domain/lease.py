"""Who works on an upload."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on an upload.

    `holder` is fresh each time, so that a lost answer can be told from a lost race.
    """

    holder: str
    until: datetime


class LeaseHeld(Exception):
    """Somebody is working on the upload. Not for callers: they wait, or come back."""
