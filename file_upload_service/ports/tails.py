"""Where the tails of streams are remembered."""

from typing import Protocol

from file_upload_service.domain.tail import Tail
from file_upload_service.domain.upload import Upload


class TailRepository(Protocol):
    """Reads are consistent. May raise Unavailable: of a write, the outcome is then unknown."""

    async def load(self, upload: Upload) -> Tail:
        """Empty if nothing was appended yet."""

    async def save(self, upload: Upload, before: Tail, after: Tail) -> None:
        """Writes it if nobody has written it since, and the upload is still as it was read: open, its length unsaid.

        Raises UploadMoved.
        """
