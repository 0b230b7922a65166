"""Puts small files that are sent at the same time into one bundle; whoever sends one need not know."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from stowage_client.api.bundles import FILES_PER_BUNDLE
from stowage_client.errors import ClientError
from stowage_client.layout import MIB, SMALLEST_PART_BYTES
from stowage_client.transfer.bundle import BundleOutcome, BundleUploader
from stowage_client.transfer.jobs import Uploaded, Uploader, UploadJob

# One is hashed and signed while the other one's bytes travel.
_BUNDLES_AT_ONCE = 2
# What a cut costs: the bytes of a bundle are sent again.
_BYTES_PER_BUNDLE = 64 * MIB
# So long the first waits for company, and again while it comes.
_LINGER_SECONDS = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    job: UploadJob
    size_bytes: int
    outcome: "asyncio.Future[BundleOutcome]"


class BundlingUploader:
    """An Uploader over two others. Whoever comes while few bundles are under way leads one, until nobody waits; all
    others only wait. A file that finds no company goes alone, and can be gone on with if it is cut."""

    def __init__(self, alone: Uploader, together: BundleUploader) -> None:
        self._alone = alone
        self._together = together
        self._waiting: deque[_Waiting] = deque()
        self._leaders = 0

    async def __call__(self, job: UploadJob) -> Uploaded:
        """Raises what sending it alone may raise."""
        size_bytes = _size_of(job)
        if size_bytes > SMALLEST_PART_BYTES:
            return await self._alone(job)
        mine = _Waiting(job, size_bytes, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if self._leaders < _BUNDLES_AT_ONCE:
            await self._lead()
        outcome = await mine.outcome
        if isinstance(outcome, ClientError):
            raise outcome
        return outcome

    async def _lead(self) -> None:
        self._leaders += 1
        try:
            while self._waiting:
                await self._linger()
                if company := self._next():
                    await self._send(company)
        finally:
            self._leaders -= 1

    async def _linger(self) -> None:
        """Until it is full, or nobody comes any more: on a busy machine they come slowly."""
        before = -1
        while before < len(self._waiting) < FILES_PER_BUNDLE:
            before = len(self._waiting)
            await asyncio.sleep(_LINGER_SECONDS)

    def _next(self) -> list[_Waiting]:
        company: list[_Waiting] = []
        size_bytes = 0
        while self._waiting and len(company) < FILES_PER_BUNDLE:
            size_bytes += self._waiting[0].size_bytes
            if company and size_bytes > _BYTES_PER_BUNDLE:
                break
            company.append(self._waiting.popleft())
        return company

    async def _send(self, company: Sequence[_Waiting]) -> None:
        try:
            outcomes = await self._outcomes([each.job for each in company])
        except BaseException:
            for each in company:
                each.outcome.cancel()  # what stops one of them stops the command
            raise
        for each, outcome in zip(company, outcomes, strict=True):
            if not each.outcome.done():
                each.outcome.set_result(outcome)

    async def _outcomes(self, jobs: Sequence[UploadJob]) -> Sequence[BundleOutcome]:
        if len(jobs) > 1:
            return await self._together(jobs)
        try:
            return [await self._alone(jobs[0])]
        except ClientError as error:
            return [error]


def _size_of(job: UploadJob) -> int:
    """As it is now; whether it can be read will show."""
    try:
        return job.source.stat().st_size
    except OSError:
        return 0
