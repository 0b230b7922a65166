"""How far a long step has come, said every now and then."""

import time
from dataclasses import dataclass, field

from local_stack.progress import Say

_EVERY_SECONDS = 2.0


@dataclass(slots=True)
class Meter:
    """Of `total_bytes`; `doing` is a participle: "written"."""

    say: Say
    subject: str
    doing: str
    total_bytes: int
    _done_bytes: int = 0
    _next: float = field(default_factory=lambda: time.monotonic() + _EVERY_SECONDS)

    def add(self, size_bytes: int) -> None:
        self._done_bytes += size_bytes
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY_SECONDS
            self.say(
                self.subject,
                f"{self.doing}: {_mebibytes(self._done_bytes)} of {_mebibytes(self.total_bytes)}",
            )


def _mebibytes(size_bytes: int) -> str:
    return f"{size_bytes / 2**20:,.0f} MiB"
