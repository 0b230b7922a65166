"""What must be remembered to go on with an upload that was cut: its key, and what Start was asked with it."""

import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from stowage_client.api.upload_models import StartRequest
from stowage_client.locations import file_key
from stowage_client.private_file import read_private, write_private
from stowage_client.transfer.source import Identity

# Before the server forgets: it knows an upload's key for 7 days after its end, which may be as old as the ticket.
_FORGOTTEN_AFTER_SECONDS = 6 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Purpose:
    """Which file is to become what, where. The same purpose goes on with the same upload."""

    server: str
    account_id: str
    target: str
    file: Identity

    @property
    def file_key(self) -> str:
        file = self.file
        numbers = (file.device, file.inode, file.size_bytes, file.modified_ns)
        return file_key(self.server, self.account_id, self.target, *map(str, numbers))


@dataclass(frozen=True, slots=True)
class Ticket:
    """`key` is Start's Idempotency-Key; `request` is what it was sent with, to be repeated word for word."""

    key: str
    request: StartRequest
    changed_ns: int
    upload_id: str | None = None


class UploadLedger:
    """Tickets as files, from before Start until the upload ends."""

    def __init__(self, folder: Path, *, new_key: Callable[[], str] = lambda: secrets.token_hex(16)) -> None:
        self._folder = folder
        self._new_key = new_key

    def find(self, purpose: Purpose) -> Ticket | None:
        content = read_private(self._file(purpose))
        if content is None:
            return None
        try:
            return Ticket(**{**content, "request": StartRequest(**content["request"])})
        except (KeyError, TypeError):  # of another version
            return None

    def begin(self, purpose: Purpose, request: StartRequest) -> Ticket:
        """A new ticket, instead of any older one; kept before anything is asked of the server."""
        ticket = Ticket(self._new_key(), request, purpose.file.changed_ns)
        self._keep(purpose, ticket)
        return ticket

    def name_upload(self, purpose: Purpose, ticket: Ticket, upload_id: str) -> None:
        """So that it can be ended by name if its key should lead nowhere."""
        if ticket.upload_id != upload_id:
            self._keep(purpose, replace(ticket, upload_id=upload_id))

    def forget(self, purpose: Purpose) -> None:
        self._file(purpose).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Drops tickets of uploads that the server has given up long ago."""
        eldest = time.time() - _FORGOTTEN_AFTER_SECONDS
        for file in self._folder.glob("*.json"):
            try:
                if file.stat().st_mtime < eldest:
                    file.unlink()
            except FileNotFoundError:  # another process was faster
                continue

    def _keep(self, purpose: Purpose, ticket: Ticket) -> None:
        # Not waiting for the disk: a power cut costs a resume, thousands of small files would cost minutes.
        write_private(self._file(purpose), asdict(ticket), durable=False)

    def _file(self, purpose: Purpose) -> Path:
        return self._folder / f"{purpose.file_key}.json"
