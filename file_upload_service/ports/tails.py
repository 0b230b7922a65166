"""Where the tails of streams are remembered."""

from typing import Protocol

from file_upload_service.domain.tail import Segment, Tail
from file_upload_service.domain.upload import Upload


class TailRepository(Protocol):
    """Reads are consistent. May raise Unavailable: of a write, the outcome is then unknown."""

    async def load(self, upload: Upload) -> Tail:
        """Empty if nothing was appended yet."""

    async def save(self, upload: Upload, before: Tail, after: Tail, new: Segment) -> None:
        """Writes it if nobody has written it since, the upload is still as it was read: open, its length unsaid, and
        the part that holds the new segment is not reported.

        Raises UploadMoved.
        """
