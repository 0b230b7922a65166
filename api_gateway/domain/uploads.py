"""Uploads and downloads, as clients see them. Sizes are bytes, hashes hex."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from api_gateway.domain.nodes import Conflict
from api_gateway.domain.stream_layout import LAYOUT as STREAM
from api_gateway.domain.stream_layout import stream_part
from chassis.errors import DomainError

UploadState = Literal["open", "assembling", "stored", "committed", "aborting", "aborted", "failed"]
# Whose network a signed URL is for: the client's, or this gateway's own.
Reach = Literal["public", "internal"]
MAX_PARTS = 1000
MAX_BUNDLED_FILES = 100
MAX_BUNDLED_BYTES = 8 << 20  # each: one part
MAX_FORM_BYTES = 16 << 20  # of a form that holds many files: all of it waits here for its last hash


@dataclass(frozen=True, slots=True)
class UploadIntent:
    """What a client wants to put where. `size`: None if nobody knows it yet. `content_hash`: hex, empty if the client
    does not know it yet."""

    folder_id: str
    name: str
    size: int | None
    content_type: str
    conflict: Conflict
    if_revision: int | None
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a completed upload shall go after all; None keeps what was said at the start."""

    folder_id: str | None = None
    name: str | None = None
    conflict: Conflict | None = None
    if_revision: int | None = None


@dataclass(frozen=True, slots=True)
class PartClaim:
    """A part's number (1–1000) and the SHA-256 of its bytes."""

    number: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class PartReport:
    """A part's number and the ETag that storage answered."""

    number: int
    etag: str


@dataclass(frozen=True, slots=True)
class SignedPart:
    """Where one part's bytes go. The headers are part of the signature: send them exactly so."""

    number: int
    method: str
    url: str
    headers: dict[str, str]
    size: int


@dataclass(frozen=True, slots=True)
class SignedParts:
    """URLs, all good until `urls_expire_at`."""

    urls: tuple[SignedPart, ...]
    urls_expire_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A part as far as it is known: claimed, and reported once storage has it."""

    number: int
    sha256: str
    reported: bool


@dataclass(frozen=True, slots=True)
class Upload:
    """The session that turns bytes into a file. `node_id` and what follows it are null until committed; `size` is while
    nobody has said how long a stream is."""

    id: str
    drive_id: str
    state: UploadState
    folder_id: str
    name: str
    size: int | None
    content_type: str
    conflict: Conflict
    layout: str
    part_size: int
    part_count: int
    created_at: datetime
    expires_at: datetime
    node_id: str | None = None
    committed_name: str | None = None
    committed_revision: int | None = None
    failure_code: str | None = None
    failure_detail: str | None = None
    offset: int | None = None  # of a stream that was asked for alone: so many of its first bytes are safe

    def part_bytes(self, number: int) -> int:
        """How long the part of this number is; what the upload does not have is 0 bytes long."""
        start, length = (number - 1) * self.part_size, self.part_size
        if self.layout == STREAM:
            start, length = stream_part(number)
        return length if self.size is None else max(0, min(length, self.size - start))


@dataclass(frozen=True, slots=True)
class UploadWithParts:
    """An upload and its claimed parts; None if they were not asked for."""

    upload: Upload
    parts: tuple[Part, ...] | None = None


@dataclass(frozen=True, slots=True)
class BaseVersion:
    """A file that may be mostly the same; `version` None: the current one."""

    file_id: str
    version: int | None


@dataclass(frozen=True, slots=True)
class KnownContent:
    """What a client knows of what it is about to send; `base` None: the file that it replaces."""

    content_hash: str
    parts: tuple[PartClaim, ...] = ()
    base: BaseVersion | None = None


@dataclass(frozen=True, slots=True)
class KnownUpload:
    """An upload after what was known of it has been used; `more`: asking again copies further parts."""

    upload: Upload
    parts: tuple[Part, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class StartedUpload:
    """A new upload, and the URLs of the parts that were claimed with it."""

    upload: Upload
    urls: tuple[SignedPart, ...]
    urls_expire_at: datetime | None


@dataclass(frozen=True, slots=True)
class UploadPage:
    """Uploads that have not ended, latest first."""

    items: tuple[Upload, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Download:
    """Where a file's bytes are until `expires_at`, and what they are."""

    url: str
    expires_at: datetime
    name: str
    size: int
    content_type: str
    content_hash: str
    layout: str
    revision: int


@dataclass(frozen=True, slots=True)
class NewBundledFile:
    """One of many small files that are put at once. `intent.size` is at most one part's, 8 MiB."""

    intent: UploadIntent
    sha256: bytes


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One of the files that a form is about to bring. Its size and hash may be known beforehand: then they must fit."""

    folder_id: str
    name: str
    content_type: str
    conflict: Conflict
    if_revision: int | None
    size: int | None = None
    sha256: bytes | None = None

    def bundled(self, size: int, sha256: bytes) -> NewBundledFile:
        """As what has arrived of it."""
        return NewBundledFile(
            UploadIntent(self.folder_id, self.name, size, self.content_type, self.conflict, self.if_revision),
            sha256,
        )


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """What a form brought of a file; `chunks` are empty if that was too much. `is_whole`: its end came, too."""

    planned: PlannedFile
    size: int
    sha256: bytes
    chunks: tuple[bytes, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class CommittedFile:
    """What a bundled file became; `name` may be another one than was asked for."""

    node_id: str
    name: str
    revision: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """Many small files at once. Of each: where its bytes go, what it became, or why it may not be."""

    id: str
    files: tuple[SignedPart | CommittedFile | DomainError, ...]
    urls_expire_at: datetime | None
