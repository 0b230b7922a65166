"""What time it is."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day, as good as the machine's."""

    def now(self) -> datetime:
        """Gives an aware time in UTC. MAY go back a little when the machine's clock is set."""
        ...
