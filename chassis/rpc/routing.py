"""Where a call goes, and how often it may be tried again."""

from collections.abc import Iterable
from hashlib import sha256


def owner(drive_id: str, instance_ids: Iterable[str]) -> str:
    """The instance that serves a drive's writes: the largest SHA-256(drive id, NUL, instance id).

    Rendezvous hashing: when an instance comes or goes, only its own drives move. Raises ValueError for none.
    """
    order = routing_order(drive_id, instance_ids)
    if not order:
        raise ValueError("no instance to own anything")
    return order[0]


def routing_order(drive_id: str, instance_ids: Iterable[str]) -> list[str]:
    """The instances by rendezvous weight, owner first."""
    return sorted(
        instance_ids, key=lambda each: sha256(f"{drive_id}\0{each}".encode()).digest(), reverse=True
    )


class RetryBudget:
    """Keeps retries a fraction of the calls that work, so that a service in trouble is not hit harder."""

    def __init__(self, *, most: float = 20.0, earned_per_success: float = 0.1) -> None:
        self._most = most
        self._earned_per_success = earned_per_success
        self._tokens = most

    def earn(self) -> None:
        """A call worked."""
        self._tokens = min(self._most, self._tokens + self._earned_per_success)

    def spend(self) -> bool:
        """Whether one retry is affordable; takes it if so."""
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
