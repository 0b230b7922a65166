"""Where claims and reports of parts are remembered."""

from collections.abc import Sequence
from typing import Protocol

from file_upload_service.domain.part import PartClaim, PartReport
from file_upload_service.domain.tail import Tail
from file_upload_service.domain.upload import Upload


class PartRepository(Protocol):
    """Parallel calls for different parts never meet. May raise Unavailable: repeating is safe."""

    async def claim(self, upload: Upload, claims: Sequence[PartClaim]) -> None:
        """Binds each number to its hash, all or none. The same claim again changes nothing, not even a
        report.

        Raises PartClaimed if a number is bound to another hash.
        """

    async def report(
        self, upload: Upload, reports: Sequence[PartReport], *, tail: Tail | None = None
    ) -> None:
        """Notes the ETags, all or none; the latest report of a part counts. `tail`: only if nobody has written it
        since.

        Raises PartNotSigned if a number was never claimed, UploadMoved if the tail is another one by now.
        """
