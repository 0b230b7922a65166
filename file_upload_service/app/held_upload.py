"""An upload while this instance has the lease on it."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from chassis.errors import Unavailable
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.uploads import UploadMoved, UploadRepository

RENEWALS_A_LEASE = 3


class HeldUpload:
    """Renews the lease while the `async with` lasts: S3 may take minutes to put a large file together.

    Writes go one after another and build on each other. Once somebody has overtaken us they raise
    UploadMoved.
    """

    def __init__(self, upload: Upload, *, uploads: UploadRepository, clock: Clock, policy: Policy) -> None:
        self.upload = upload
        self._uploads = uploads
        self._clock = clock
        self._policy = policy
        self._writing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._renewal = asyncio.create_task(self._renew())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._renewal.cancel()
        await asyncio.wait({self._renewal})

    async def write(self, change: Callable[[Upload], Upload]) -> Upload:
        """Saves the next state. Raises UploadMoved, Unavailable."""
        async with self._writing:
            self.upload = await self._uploads.save(self.upload, change(self.upload))
            return self.upload

    async def postpone(self) -> Upload:
        """Gives the lease back after a passing trouble; whoever comes first goes on later.

        If not even that can be written, the lease runs out by itself. Raises UploadMoved.
        """
        try:
            return await self.write(lambda upload: upload.postponed(self._clock.now(), self._policy))
        except Unavailable:
            return self.upload

    async def _renew(self) -> None:
        pause_seconds = self._policy.lease.total_seconds() / RENEWALS_A_LEASE
        while True:
            await self._clock.sleep(pause_seconds)
            try:
                async with self._writing:
                    if self.upload.lease is None:
                        return
                    renewed = self.upload.renewed(self._clock.now(), self._policy)
                    self.upload = await self._uploads.save(self.upload, renewed)
            except Unavailable:
                continue
            except UploadMoved:
                return
