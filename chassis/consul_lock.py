"""A lock in Consul: a session of ours, and a key that it has acquired. For economy, never for correctness."""

from typing import Any

from consul import base

from chassis.consul_client import ConsulClient, ConsulError, _Access

__all__ = ["ConsulError", "ConsulLock"]

# The least that Consul takes for a session's life, and for the pause after one has died.
_SESSION_SECONDS = 10
_LOCK_DELAY_SECONDS = 1
_CALL_SECONDS = 2.0


class ConsulLock(ConsulClient):
    """Not for two threads at once. Every method blocks for at most some seconds, and raises ConsulError."""

    def __init__(self, address: str, key: str, *, holder: str, token: str = "") -> None:
        """`holder` is written into the key, for people to read."""
        super().__init__(address, token=token, timeout_seconds=_CALL_SECONDS)
        access = _Access(self._wire, token)
        self._sessions = base.Consul.Session(access)
        self._keys = base.Consul.KV(access)
        self._key = key
        self._holder = holder
        self._session: str | None = None

    def acquire(self) -> bool:
        """Take the lock or keep it: call it again every few seconds. False while somebody else has it."""
        if self._session is None or not self._renewed(self._session):
            self._session = str(self._create())
        return bool(self._ask(self._keys.put, self._key, self._holder, acquire=self._session))

    def release(self) -> None:
        """Give it back, so that another need not wait. Harmless if it is not held."""
        session, self._session = self._session, None
        if session is not None:
            self._ask(self._sessions.destroy, session)

    def _create(self) -> Any:
        # No checks: a session that hangs on the node's health would end whenever the agent restarts.
        return self._ask(
            self._sessions.create,
            name=self._key,
            checks=[],
            ttl=_SESSION_SECONDS,
            lock_delay=_LOCK_DELAY_SECONDS,
            behavior="release",
        )

    def _renewed(self, session: str) -> bool:
        try:
            self._ask(self._sessions.renew, session)
        except ConsulError as error:
            if isinstance(error.__cause__, base.NotFound):
                return False
            raise
        return True
