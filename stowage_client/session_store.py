"""Who is signed in, per server, on this machine; shared by every process of this person."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from stowage_client.errors import LocalError
from stowage_client.locations import file_key
from stowage_client.private_file import make_private_folder, read_private, write_private

_LOCK_TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in device. Expiry times are this machine's clock, seconds since the epoch."""

    server: str
    account_id: str
    email: str
    session_id: str
    access_token: str
    access_expires_at: float
    refresh_token: str
    refresh_expires_at: float


class SessionStore:
    """Sessions as files, mode 0600, one per server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, server: str) -> Session | None:
        content = read_private(self._file(server))
        if content is None:
            return None
        try:
            return Session(**content)
        except TypeError:  # of another version: sign in again
            return None

    def save(self, session: Session) -> None:
        write_private(self._file(session.server), asdict(session))

    def remove(self, server: str) -> None:
        self._file(server).unlink(missing_ok=True)

    @asynccontextmanager
    async def renewing(self, server: str) -> AsyncIterator[None]:
        """Held by whoever renews: two processes that present one refresh token would end the session.

        Raises LocalError if another process holds it for too long.
        """
        from filelock import AsyncFileLock, Timeout  # takes as long to import as all of ours; seldom needed

        make_private_folder(self._folder)
        lock = AsyncFileLock(self._file(server).with_suffix(".lock"), mode=0o600)
        try:
            await lock.acquire(timeout=_LOCK_TIMEOUT_SECONDS)
        except Timeout as error:
            raise LocalError(f"Another process holds {lock.lock_file} and does not let go.") from error
        try:
            yield
        finally:
            await lock.release()

    def remember_server(self, server: str) -> None:
        """Makes `server` the one that commands talk to when nobody says otherwise."""
        write_private(self._folder / "config.json", {"server": server})

    def remembered_server(self) -> str | None:
        content = read_private(self._folder / "config.json") or {}
        server = content.get("server")
        return server if isinstance(server, str) else None

    def _file(self, server: str) -> Path:
        return self._folder / f"session-{file_key(server)}.json"
