"""What an operator sees of those who follow drives."""

from collections.abc import Callable
from datetime import UTC, datetime

from prometheus_client import Gauge, Histogram

_LISTENERS = Gauge("stowage_change_listeners", "Streams and waiting requests that follow a drive now")
_DRIVES = Gauge("stowage_change_drives", "Drives that are followed here now: one reader each")
_TOLD = Histogram(
    "stowage_change_told_seconds",
    "From a change's transaction to its being handed to all who listen here, by two machines' clocks",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)


def measure_hub(*, listeners: Callable[[], int], drives: Callable[[], int]) -> None:
    """Asked whenever somebody looks at the metrics."""
    _LISTENERS.set_function(listeners)
    _DRIVES.set_function(drives)


def observe_told(happened_at: datetime) -> None:
    _TOLD.observe(max(0.0, (datetime.now(UTC) - happened_at).total_seconds()))
