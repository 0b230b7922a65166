"""What the gateway can do at the moment, by the services behind it: one that is away takes only its own part along."""

import asyncio
from collections.abc import Callable, Iterable


class Capabilities:
    """Nothing is there until somebody says so."""

    def __init__(self, names: Iterable[str]) -> None:
        self._missing = dict.fromkeys(names, "not found yet")
        self._names = tuple(self._missing)
        self._complete = asyncio.Event()

    def set(self, name: str, why_not: str | None) -> None:
        """`why_not` in words for people, None if it is there."""
        if why_not is None:
            self._missing.pop(name, None)
        else:
            self._missing[name] = why_not
        if self._missing:
            self._complete.clear()
        else:
            self._complete.set()

    def missing(self) -> dict[str, str]:
        """What cannot be done now, and why."""
        return dict(self._missing)

    def available(self) -> dict[str, bool]:
        """Every capability, and whether it is there."""
        return {name: name not in self._missing for name in self._names}

    async def settle(self, patience_seconds: float, done: Callable[[], None]) -> None:
        """Call `done` once everything has been seen, or after `patience_seconds`.

        A fresh gateway that lets people in before it has looked around would turn away what is well; one that
        waited for ever would let nobody in because of a part that is broken.
        """
        try:
            async with asyncio.timeout(patience_seconds):
                await self._complete.wait()
        except TimeoutError:
            pass
        done()
