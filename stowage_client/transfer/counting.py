"""How much there is to send, found out beside the sending."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from stowage_client.errors import LocalError
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.walk import FoundFolder


@asynccontextmanager
async def counting(found: Iterable[FoundFolder], meter: Meter) -> AsyncIterator[None]:
    """Tells the meter what to expect, in a thread; what cannot be read is left to whoever sends it."""
    ended = threading.Event()

    def count() -> None:
        with suppress(LocalError):
            for folder in found:
                if ended.is_set():
                    return
                size_bytes = sum(file.size_bytes for file in folder.files)
                meter.expect(files=len(folder.files), size_bytes=size_bytes)

    thread = asyncio.create_task(asyncio.to_thread(count))
    try:
        yield
    finally:
        ended.set()
        await thread
