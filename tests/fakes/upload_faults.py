"""Breaks one remote call of an instance, of the test's choosing."""

import asyncio
import inspect
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from chassis.errors import Unavailable


class Fault(Enum):
    KILLED_BEFORE = auto()  # the process dies before the call leaves
    KILLED_AFTER = auto()  # the call was carried out, the process dies before it sees the answer
    REFUSED = auto()  # nothing reached the other side
    ANSWER_LOST = auto()  # carried out, but the answer never came


KILLS = (Fault.KILLED_BEFORE, Fault.KILLED_AFTER)


class Killed(BaseException):
    """The process is gone: no handler of its own may run any remote call any more."""


class Faults:
    """Counts the calls that leave an instance through `wrap`ped ports; breaks the one numbered `at`, from 0."""

    def __init__(self, at: int | None = None, fault: Fault = Fault.REFUSED) -> None:
        self.at = at
        self.fault = fault
        self.calls: list[str] = []
        self.dead = False

    @property
    def struck(self) -> bool:
        return self.at is not None and len(self.calls) > self.at

    def wrap(self, port: Any) -> Any:
        return _Faulty(port, self)

    async def call(self, name: str, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Others get their turn, as they do while a real call is on its way.
        await asyncio.sleep(0)
        if self.dead:
            raise Killed
        number = len(self.calls)
        self.calls.append(name)
        if number != self.at:
            answer = await method(*args, **kwargs)
            await asyncio.sleep(0)
            return answer
        if self.fault is Fault.KILLED_BEFORE:
            self.dead = True
            raise Killed
        if self.fault is Fault.REFUSED:
            raise Unavailable("refused by the test")
        await method(*args, **kwargs)
        if self.fault is Fault.KILLED_AFTER:
            self.dead = True
            raise Killed
        raise Unavailable("answer lost by the test")


class _Faulty:
    def __init__(self, port: Any, faults: Faults) -> None:
        self._port = port
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._port, name)
        if not inspect.iscoroutinefunction(attribute):
            return attribute
        label = f"{type(self._port).__name__}.{name}"

        async def faulty(*args: Any, **kwargs: Any) -> Any:
            return await self._faults.call(label, attribute, *args, **kwargs)

        return faulty
