"""Where connections wait: how many there are, how many of one address, and who makes room."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from api_gateway.adapters.http.addresses import Network, is_among
from chassis.telemetry import get_logger

_logger = get_logger(__name__)


class Guest(Protocol):
    """A connection. `address`: of its peer; empty on a Unix socket."""

    connections: set[Any]

    @property
    def address(self) -> str: ...

    def part(self) -> None:
        """Close, unless the client has begun to say something."""
        ...

    def let_go(self) -> None:
        """Close, whatever the client is about to say."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How many connections are held at once, and how long each is waited for.

    one_address_share: of all connections, those that one address may have. `proxies` speak for many.
    head_seconds: for a whole head, from the opening of the connection or the head's first byte.
    rest_seconds: for the rest of a body that nobody reads, after its request was answered.
    unread_seconds: for a client that takes nothing of its answer.
    """

    connections: int = 4096
    one_address_share: float = 1.0
    proxies: Sequence[Network] = ()
    head_seconds: float = 20.0
    rest_seconds: float = 10.0
    unread_seconds: int = 60


@dataclass(slots=True)
class Hall:
    """What all connections share. `idle`: those in no request, and since when (as the loop counts); longest first.

    is_closing: whether the server goes down, so that every answer shall be its connection's last.
    """

    patience: Patience
    is_closing: Callable[[], bool]
    idle: dict[Guest, float] = field(default_factory=dict)
    _of_address: Counter[str] = field(default_factory=Counter)
    _told: bool = False

    def admit(self, newcomer: Guest) -> bool:
        """Whether there is room, made by letting go who has been idle for longest. An address with its full share
        makes room for itself."""
        self._of_address[newcomer.address] += 1
        is_full = len(newcomer.connections) > self.patience.connections
        is_many = self._is_many(newcomer.address)
        if not (is_full or is_many):
            return True
        if is_full and not self._told:
            _logger.warning("connections_full", connections=self.patience.connections)
            self._told = True
        longest = next((each for each in self.idle if not is_many or each.address == newcomer.address), None)
        if longest is None:
            return False
        longest.let_go()
        return True

    def leave(self, guest: Guest) -> None:
        """Who was admitted, or was not."""
        self.idle.pop(guest, None)
        self._of_address[guest.address] -= 1
        if not self._of_address[guest.address]:
            del self._of_address[guest.address]

    def _is_many(self, address: str) -> bool:
        share = max(1, int(self.patience.connections * self.patience.one_address_share))
        return (
            self._of_address[address] > share
            and bool(address)
            and not is_among(address, self.patience.proxies)
        )

    async def empty(self, idle_seconds: float) -> None:
        """Parts with everybody as soon as they were idle for so long. Who uses a connection all the time does it once
        more, and is told that it was the last time; at who does not, nothing is likely to arrive just now."""
        loop = asyncio.get_running_loop()
        while self.idle:
            for each, since in list(self.idle.items()):
                if loop.time() - since >= idle_seconds:
                    each.part()
            await asyncio.sleep(0.05)
