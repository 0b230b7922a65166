"""Port: being woken when a drive may have changed."""

from collections.abc import Callable
from typing import Protocol

# Called with `<journal id>.<seq>`, the drive's place by then; with "" when something may have been missed.
Wake = Callable[[str], None]


class WakeUps(Protocol):
    """A wake-up may come late, twice or never: who needs to know asks."""

    def watch(self, drive_id: str, wake: Wake) -> None:
        """From soon on `wake` is called after each change of that drive, and once when it begins."""
        ...

    def unwatch(self, drive_id: str) -> None: ...

    def are_heard(self, drive_id: str) -> bool:
        """Whether wake-ups of that drive arrive at the moment, as far as is known."""
        ...
