"""A proxy that understands nothing: for what is sealed by TLS, as gRPC is."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum


class Mischief(StrEnum):
    RESET = "all connections are reset"
    STALL = "nothing moves for a while"
    DEAF = "requests go on, answers do not; then a reset"
    HALF_CLOSED = "the caller's half is closed"
    SLOW = "drop by drop for a while"


@dataclass(slots=True)
class RawLine:
    """Spoils all its connections at once: on them many calls are under way."""

    name: str
    target: tuple[str, int]
    happened: dict[Mischief, int] = field(default_factory=dict)
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _answering: asyncio.Event = field(default_factory=asyncio.Event)
    _pause_seconds: float = 0.0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _upstream: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> None:
        self._flowing.set()
        self._answering.set()
        self._server = await asyncio.start_server(self._accept, host, port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def spoil(self, mischief: Mischief, seconds: float) -> None:
        self.happened[mischief] = self.happened.get(mischief, 0) + 1
        try:
            match mischief:
                case Mischief.STALL:
                    self._flowing.clear()
                    await asyncio.sleep(seconds)
                case Mischief.DEAF:
                    self._answering.clear()
                    await asyncio.sleep(seconds)
                    self._reset()
                case Mischief.SLOW:
                    self._pause_seconds = 0.02
                    await asyncio.sleep(seconds)
                case Mischief.HALF_CLOSED:
                    for writer in self._upstream:
                        with suppress(OSError):
                            writer.write_eof()
                case Mischief.RESET:
                    self._reset()
        finally:
            self._flowing.set()
            self._answering.set()
            self._pause_seconds = 0.0

    def _reset(self) -> None:
        for writer in (*self._writers, *self._upstream):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        onward: asyncio.StreamWriter | None = None
        try:
            back, onward = await asyncio.open_connection(*self.target)
            self._upstream.add(onward)
            there = asyncio.create_task(self._pump(reader, onward, self._flowing))
            here = asyncio.create_task(self._pump(back, writer, self._answering))
            try:
                await asyncio.wait({there, here}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                there.cancel()
                here.cancel()
                await asyncio.wait({there, here})
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            for end in (writer, onward):
                if end is not None:
                    self._upstream.discard(end)
                    end.transport.abort()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, gate: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while data := await source.read(1 << 16):
                await self._flowing.wait()
                await gate.wait()
                if self._pause_seconds:
                    await asyncio.sleep(self._pause_seconds)
                sink.write(data)
                await sink.drain()
