"""How many transfers pass through this gateway at once, so that nobody takes storage's connections from the others."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from api_gateway.domain.errors import TooManyRelays
from chassis.errors import Unavailable


@dataclass(slots=True)
class RelayPlaces:
    """`in_total`: as many as there are connections to storage. `of_one_account`: as many may be one account's."""

    in_total: int
    of_one_account: int
    _taken: Counter[str] = field(default_factory=Counter)

    @property
    def taken(self) -> int:
        """How many pass through now."""
        return self._taken.total()

    @contextmanager
    def taken_by(self, account_id: str, *, places: int = 1) -> Iterator[None]:
        """So many places while the block runs; nobody waits for them, because one may be kept for hours.

        Raises TooManyRelays if the account has all that it may, Unavailable if the gateway has.
        """
        if self._taken[account_id] + places > self.of_one_account:
            raise TooManyRelays(
                "Too many transfers of this account pass through this server.", retry_after_seconds=5
            )
        if self.taken + places > self.in_total:
            raise Unavailable("Too many transfers pass through this server.", retry_after_seconds=5)
        self._taken[account_id] += places
        try:
            yield
        finally:
            self._taken[account_id] -= places
            if not self._taken[account_id]:
                del self._taken[account_id]
