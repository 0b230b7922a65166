"""Ports: time, chance and fresh names, so that tests own them."""

from typing import Protocol


class Clock(Protocol):
    def now_ms(self) -> int:
        """Unix milliseconds, UTC."""
        ...

    def monotonic_seconds(self) -> float:
        """For measuring spans."""
        ...


class Pause(Protocol):
    async def __call__(self, attempt: int) -> None:
        """Waits before trying again: longer with each attempt (from 0), with jitter, bounded."""
        ...


class Sleep(Protocol):
    async def __call__(self, seconds: float, /) -> None:
        """For work that goes on for ever, between its rounds."""
        ...


class FreshTokens(Protocol):
    def __call__(self) -> str:
        """32 lower-case hex digits that nobody had before."""
        ...
