"""Let an attempt at a password through, or say when to come back."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from chassis.errors import Unavailable
from user_service.domain.attempts import AttemptLimits, Bucket, Purpose
from user_service.domain.errors import TooManyAttempts
from user_service.ports.throttle import Throttle


@dataclass(frozen=True, slots=True)
class AttemptGuard:
    """`shared` counts for all instances; without it each instance counts by itself in `local`."""

    shared: Throttle
    local: Throttle
    limits: AttemptLimits

    @asynccontextmanager
    async def attempt(self, purpose: Purpose, *, account: str, address: str) -> AsyncIterator[None]:
        """Wraps one attempt. Raises TooManyAttempts with `retry_after_seconds`.

        A success gives back what was taken from the account's own buckets, so that only failures add up
        there; the address's is kept, because successes cost us work too. An attempt that was never made (no
        room to check the password, no database) gives all back. One that the client breaks off counts.
        """
        own = self.limits.of_account(purpose, account=account, address=address)
        taken = (*own, *self.limits.of_address(purpose, address=address))
        throttle = await self._take(taken)
        try:
            yield
        except (TooManyAttempts, Unavailable):
            await _give_back(throttle, taken)
            raise
        await _give_back(throttle, own)

    async def _take(self, buckets: Sequence[Bucket]) -> Throttle:
        throttle = self.shared
        try:
            wait_seconds = await throttle.take(buckets)
        except Unavailable:
            throttle = self.local
            wait_seconds = await throttle.take(buckets)
        if wait_seconds > 0:
            raise TooManyAttempts("Too many attempts; please wait.", retry_after_seconds=wait_seconds)
        return throttle


async def _give_back(throttle: Throttle, buckets: Sequence[Bucket]) -> None:
    with suppress(Unavailable):  # then it stays counted, which only errs on the strict side
        await throttle.give_back(buckets)
