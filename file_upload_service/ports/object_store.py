"""The bucket."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from file_upload_service.domain.content import StoredObject
from file_upload_service.domain.known import PartCopy
from file_upload_service.domain.part import PartToAssemble, StoredPart


class MultipartGone(Exception):
    """S3 knows no such multipart upload: put together, aborted, or never there."""


class KeyTaken(Exception):
    """There is an object under the key already; it was not touched."""


class PartsRejected(Exception):
    """S3 does not hold the parts that it was told of, or holds them differently."""


class SourceGone(Exception):
    """There is no object to copy from."""


class ObjectStore(Protocol):
    """Every method may raise Unavailable: a passing trouble, and of a write the outcome is unknown."""

    async def create_multipart(self, key: str) -> str:
        """Opens a multipart upload whose parts carry SHA-256s, and answers its id.

        A repeat opens another one.
        """

    async def list_parts(self, key: str, multipart_id: str) -> tuple[StoredPart, ...]:
        """What S3 holds of it, in order of the numbers. Raises MultipartGone."""

    async def copy_part(self, key: str, multipart_id: str, copy: PartCopy) -> StoredPart:
        """Copies bytes of another object into a part, in place of what the part was, and answers what S3 has now: its
        checksum proves whether they are the right ones. Raises MultipartGone, SourceGone.
        """

    async def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[PartToAssemble]) -> None:
        """Puts the parts, which are in order, together, unless the key is taken.

        An answer is no proof: look with `head`. Raises KeyTaken, MultipartGone, PartsRejected.
        """

    async def head(self, key: str) -> StoredObject | None:
        """The object's size and checksum, None if there is none."""

    async def sizes(self, prefix: str, *, most: int) -> Mapping[str, int]:
        """Bytes of each object whose key begins so, by key. Raises Unavailable if there are more than `most`."""

    async def clear(self, prefix: str) -> None:
        """Removes every object whose key begins so, a page at a time. Destroys data: only a tail that nothing is made
        of any more. Repeating it is harmless."""

    async def abort_multiparts(self, key: str) -> None:
        """Ends every multipart upload under this very key, whoever opened it. Repeating it is harmless."""

    async def delete(self, key: str) -> None:
        """Removes the object, if there is one. Destroys data: only for blobs that metadata has
        abandoned or condemned.
        """
