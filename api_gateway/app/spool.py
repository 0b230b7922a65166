"""How much is held in memory at once for those whose bytes cannot pass straight through: in total, and by account."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api_gateway.app.byte_budget import ByteBudget


class Spool:
    """Who waits for a share of their own account keeps nobody else waiting."""

    def __init__(self, total_bytes: int, *, account_bytes: int, patience_seconds: float = 10.0) -> None:
        self._total = ByteBudget(total_bytes, patience_seconds=patience_seconds)
        self._account_bytes = account_bytes
        self._patience_seconds = patience_seconds
        self._accounts: dict[str, tuple[ByteBudget, int]] = {}

    @property
    def free_bytes(self) -> int:
        """What nobody holds at this moment."""
        return self._total.free_bytes

    @property
    def accounts(self) -> int:
        """How many hold or wait now."""
        return len(self._accounts)

    @asynccontextmanager
    async def hold(self, account_id: str, size_bytes: int) -> AsyncIterator[None]:
        """Take that much while the block runs. Raises RelayBusy if it does not come free in time."""
        budget, users = self._accounts.get(account_id) or (self._new(), 0)
        self._accounts[account_id] = (budget, users + 1)
        try:
            async with budget.hold(size_bytes), self._total.hold(size_bytes):
                yield
        finally:
            budget, users = self._accounts[account_id]
            if users == 1:
                del self._accounts[account_id]
            else:
                self._accounts[account_id] = (budget, users - 1)

    def _new(self) -> ByteBudget:
        return ByteBudget(self._account_bytes, patience_seconds=self._patience_seconds)
