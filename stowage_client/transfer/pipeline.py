"""The missing parts of one upload: hash → sign → send → report, each stage ahead of the next.

hashers   read in order, up to a window ahead of the senders, so that the second read finds the page cache
signer    one request at a time for all that is hashed by then, when the senders' stock runs low and it is worth
          a request; earlier when they have nothing to do
senders   so many that no mover thread waits
reporter  every second, so that a crash loses little
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable, Sequence

from stowage_client.api.upload_models import PartReport
from stowage_client.api.uploads import PARTS_PER_REQUEST, UploadsApi
from stowage_client.errors import ClientError, NotUnderstood
from stowage_client.layout import MIB, Span
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.part_sender import OutgoingPart, PartSender
from stowage_client.transfer.source import SourceFile
from stowage_client.transfer.tasks import together

_WINDOW_BYTES = 512 * MIB
_REPORT_EVERY_SECONDS = 1.0
_LAST_REPORT_SECONDS = 3.0


class Pipeline:
    """One run over one upload's missing parts."""

    def __init__(
        self,
        upload_id: str,
        file: SourceFile,
        missing: Sequence[Span],
        *,
        uploads: UploadsApi,
        sender: PartSender,
        crew: Crew,
    ) -> None:
        self._upload_id = upload_id
        self._file = file
        self._left = self._to_hash = len(missing)
        self._sending = 0
        # A few small parts are worth waiting for even so; hashing one big part takes longer than many requests.
        self._enough_for_idle_senders = 4 if missing and missing[0].size_bytes <= 64 * MIB else 1
        self._unhashed = iter(missing)
        self._uploads = uploads
        self._sender = sender
        self._crew = crew
        self._window = asyncio.Semaphore(window(missing, crew.feeder_count))
        self._hashed: deque[OutgoingPart] = deque()
        self._signed: asyncio.Queue[OutgoingPart | None] = asyncio.Queue()
        self._signer_wakes = asyncio.Event()
        self._all_sent = asyncio.Event()
        self._reports: list[PartReport] = []

    async def run(self) -> list[PartReport]:
        """Sends everything; returns what is still to be reported, few enough to go with Complete.

        Raises what a part ends with: FileChanged, Unreachable, StorageRefused, ApiError. What was sent is
        reported as far as possible, also when this is cancelled.
        """
        if not self._left:
            return []
        try:
            async with together() as group:
                for _ in range(self._crew.hasher_count):
                    group.create_task(self._hash())
                for _ in range(self._crew.feeder_count):
                    group.create_task(self._send())
                group.create_task(self._sign())
                group.create_task(self._report_now_and_then())
        except BaseException:
            with contextlib.suppress(ClientError, TimeoutError):
                async with asyncio.timeout(_LAST_REPORT_SECONDS):
                    await self._report()
            raise
        return self._reports

    async def _hash(self) -> None:
        for span in self._unhashed:
            await self._window.acquire()
            digest = await self._crew.hash(self._file.digest, span)
            self._to_hash -= 1
            self._to_be_signed(OutgoingPart(span, digest))

    def _to_be_signed(self, part: OutgoingPart) -> None:
        self._hashed.append(part)
        self._signer_wakes.set()

    async def _sign(self) -> None:
        while self._left:
            await self._signer_wakes.wait()
            self._signer_wakes.clear()
            while self._is_worth_signing():
                await self._sign_batch()

    def _is_worth_signing(self) -> bool:
        senders, stock = self._crew.feeder_count, self._signed.qsize()
        if not self._hashed or stock >= senders:
            return False
        enough = senders if stock or self._sending else self._enough_for_idle_senders
        return len(self._hashed) >= enough or not self._to_hash

    async def _sign_batch(self) -> None:
        count = min(len(self._hashed), PARTS_PER_REQUEST)
        batch = {part.span.number: part for part in (self._hashed.popleft() for _ in range(count))}
        answer = await self._uploads.sign(self._upload_id, [part.claim for part in batch.values()])
        if {signed.number for signed in answer} != set(batch):
            raise NotUnderstood("The server signed other parts than it was asked for.")
        for signed in answer:
            batch[signed.number].signed = signed
            self._signed.put_nowait(batch[signed.number])

    async def _send(self) -> None:
        while (part := await self._signed.get()) is not None:
            self._signer_wakes.set()  # the stock has shrunk
            self._sending += 1
            etag = await self._sender.send(self._file, part)
            self._sending -= 1
            self._signer_wakes.set()  # one sender less is at work
            if etag is None:
                self._to_be_signed(part)
                continue
            if etag:
                self._reports.append(PartReport(part.span.number, etag))
            self._window.release()
            self._left -= 1
            if not self._left:
                self._end()

    def _end(self) -> None:
        self._all_sent.set()
        self._signer_wakes.set()
        for _ in range(self._crew.feeder_count):
            self._signed.put_nowait(None)

    async def _report_now_and_then(self) -> None:
        while not self._all_sent.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_REPORT_EVERY_SECONDS):
                    await self._all_sent.wait()
            if not self._all_sent.is_set() or len(self._reports) > PARTS_PER_REQUEST:
                await self._report()

    async def _report(self) -> None:
        while self._reports:
            batch = self._reports[:PARTS_PER_REQUEST]
            await self._uploads.report(self._upload_id, batch)
            del self._reports[: len(batch)]


def window(missing: Iterable[Span], senders: int) -> int:
    """How many parts may be hashed and not yet sent: no sender shall wait, and all shall stay cached."""
    largest = max(span.size_bytes for span in missing)
    return max(senders + 2, min(8 * senders, _WINDOW_BYTES // max(1, largest)))
