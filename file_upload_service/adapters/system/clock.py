"""The machine's clock."""

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """Whole milliseconds, because that is what the table and the protos keep."""

    def now(self) -> datetime:
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
