"""One part to storage: what can be mended is tried again, what cannot is said in words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from stowage_client.api.upload_models import Claim, SignedPart
from stowage_client.backoff import Backoff
from stowage_client.errors import ClientError, StorageRefused, Unreachable
from stowage_client.layout import Span
from stowage_client.storage.errors import (
    AlreadyStored,
    BytesRefused,
    Interrupted,
    LinkExpired,
    Refused,
    StorageError,
)
from stowage_client.storage.port import Storage
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.source import PartBody, PartSource

_TRIES = 10  # about 40 s: a storage server may be restarted meanwhile
_TRIES_OF_REFUSED_BYTES = 3


@dataclass(slots=True)
class OutgoingPart:
    """A part on its way: hashed, then signed, as often as it takes."""

    span: Span
    digest: bytes
    signed: SignedPart | None = None
    failures: int = 0

    @property
    def claim(self) -> Claim:
        return Claim(self.span.number, self.digest)


class PartSender:
    """Sends parts of any file."""

    def __init__(
        self,
        storage: Storage,
        crew: Crew,
        meter: Meter,
        *,
        pause: Callable[[float], Awaitable[None]],
        backoff: Backoff,
    ) -> None:
        self._storage = storage
        self._crew = crew
        self._meter = meter
        self._pause = pause
        self._backoff = backoff

    async def send(self, file: PartSource, part: OutgoingPart) -> str | None:
        """Its ETag, "" if it was there already, None if it has to be signed and sent again.

        It is signed again after any failure: a URL that ended is not always refused, the connection may just
        be cut.
        Raises FileChanged, Unreachable or StorageRefused when trying again is of no use.
        """
        tried = await self._crew.move(self.attempt, file, part)
        if isinstance(tried, str):
            return tried
        await self.postpone(file, part, tried)
        return None

    def attempt(self, file: PartSource, part: OutgoingPart) -> str | StorageError:
        """One try, in a thread of whoever calls: the ETag, "" if it was there already, or why it did not arrive."""
        assert part.signed is not None
        body = PartBody(file, part.span, lambda count: self._meter.advance(file.path, count))
        try:
            return self._storage.send(part.signed.method, part.signed.url, part.signed.headers, body)
        except AlreadyStored:
            self._meter.settle(file.path, body.size_bytes - body.sent_bytes)
            return ""
        except StorageError as error:
            self._meter.advance(file.path, -body.sent_bytes)
            return error

    async def postpone(self, file: PartSource, part: OutgoingPart, error: StorageError) -> None:
        """After a try that failed: waits until another one, newly signed, is worth it. Raises what `send` raises."""
        self._give_up_if_useless(file, part, error)
        await self._pause(self._backoff.delay(part.failures))
        part.failures += 1
        part.signed = None

    def _give_up_if_useless(self, file: PartSource, part: OutgoingPart, error: StorageError) -> None:
        if isinstance(error, BytesRefused):
            file.require_unchanged()
        limit = _TRIES_OF_REFUSED_BYTES if isinstance(error, BytesRefused) else _TRIES
        if isinstance(error, Refused) or part.failures + 1 >= limit:
            raise in_words(error) from error


def in_words(error: StorageError) -> ClientError:
    """The error as a person sees it, once trying again has ended."""
    if isinstance(error, Interrupted):
        return Unreachable(
            f"Storage does not answer: {error.detail}.",
            hint="Run the same command again to go on where it stopped.",
        )
    if isinstance(error, LinkExpired):
        return StorageRefused(
            f"Storage accepts no URL that the server signs: {error.detail}.",
            hint="Are the clocks of server and storage right, and does the public address of storage match?",
        )
    return StorageRefused(f"Storage refused: {error.detail}.")
