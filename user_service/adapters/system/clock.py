"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """Whole milliseconds, because that is what the tables and the protos keep."""

    def now(self) -> datetime:
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
