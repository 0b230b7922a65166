"""What the upload service asks the metadata service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from chassis.errors import DomainError
from file_upload_service.domain.bundle import Bundle
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.ids import BlobId, DriveId, NodeId
from file_upload_service.domain.known import BaseVersion, KnownParts
from file_upload_service.domain.layout import Plan
from file_upload_service.domain.outcome import Committed
from file_upload_service.domain.target import Target
from file_upload_service.domain.transfer import ReadableFile
from file_upload_service.domain.upload import Upload

# Which file, in which version; None: the current one.
Wanted: TypeAlias = tuple[NodeId, int | None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file may go: the drive, and the folder's real id where the request said `root`."""

    drive_id: DriveId
    folder_id: NodeId


@dataclass(frozen=True, slots=True)
class AbandonOutcome:
    """`became` is the file, if the blob was committed before it could be abandoned."""

    became: NodeId | None


class Metadata(Protocol):
    """Refusals are DomainErrors as the metadata service sends them; Unavailable: no answer, repeating is
    safe.
    """

    async def check_upload(self, caller: Caller, target: Target, size_bytes: int) -> Place:
        """Whether the caller may put such a file there, before any byte moves."""

    async def find_known(
        self, caller: Caller, drive_id: DriveId, plan: Plan, content_hash: str
    ) -> BlobId | None:
        """A blob of the drive that is this content, if that is for the caller to know; it stays for 24 hours."""

    async def find_base(self, caller: Caller, upload: Upload, base: BaseVersion | None) -> KnownParts | None:
        """The parts of that file, or without one of the file that the upload replaces, if the caller may read it and it
        is cut in the same way. They stay for 24 hours."""

    async def commit(self, upload: Upload, part_hashes: Sequence[bytes]) -> Committed:
        """Turns a proven blob into a version of a file, once: a repeat answers the first result.

        A refusal leaves everything as it was. `blob_abandoned` is final, and so is `content_unknown` for what is known
        as it is: its bytes are gone. Of what is known the hashes are not needed.
        """

    async def abandon(self, upload: Upload) -> AbandonOutcome:
        """Decides for ever that the blob will not be committed, unless it was. Repeating it is harmless."""

    async def commit_many(
        self, bundle: Bundle, numbers: Sequence[int]
    ) -> Mapping[int, Committed | DomainError]:
        """The same for up to 100 files of a bundle, in a few transactions: one that is refused spoils no other.

        An answer for each number. Raises Unavailable if there is none at all.
        """

    async def abandon_many(self, bundle: Bundle, numbers: Sequence[int]) -> Mapping[int, NodeId]:
        """Decides for up to 100 of a bundle's files that they will not be committed; those that were, and as what."""

    async def check_download(self, caller: Caller, node_id: NodeId, version: int | None) -> ReadableFile:
        """Whether the caller may read this file, and which bytes it is."""

    async def check_downloads(
        self, caller: Caller, wanted: Sequence[Wanted]
    ) -> Sequence[ReadableFile | DomainError]:
        """The same for up to 100 at one moment, an answer for each. Raises Unavailable if there is none at all."""
