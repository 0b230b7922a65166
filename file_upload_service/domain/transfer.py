"""What is handed out so that bytes can travel, and what decides how a browser treats them on arrival."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

from file_upload_service.domain.ids import BlobId, NodeId

DEFAULT_CONTENT_TYPE = "application/octet-stream"
MAX_CONTENT_TYPE_CHARACTERS = 255

# Shown in place: no scripts, no plug-ins. SVG, HTML and XML can hold scripts, so they are saved, never shown.
SHOWN_IN_PLACE = frozenset({
    "application/pdf",
    "audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm",
    "image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp",
    "text/plain",
    "video/mp4", "video/ogg", "video/webm",
})  # fmt: skip

# RFC 9110 section 8.3.1: type "/" subtype *( ";" parameter ), in visible ASCII
_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # noqa: S105 - a grammar rule, no secret
_CONTENT_TYPE = re.compile(rf'{_TOKEN}/{_TOKEN}(?: *; *{_TOKEN}=(?:{_TOKEN}|"[ !#-\[\]-~]*"))*')
_NOT_PLAIN = re.compile(r'[^ -~]|["\\%/]')
_RFC_8187_ATTR_CHARS = "!#$&+-.^_`|~"


class Reach(StrEnum):
    """Whose network a URL is for."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class SignedPart:
    """One PUT that S3 will take: only this part, this length, these bytes.

    Headers are to be sent exactly so.
    """

    number: int
    method: str
    url: str
    headers: dict[str, str]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SignedParts:
    parts: tuple[SignedPart, ...]
    expire_at: datetime


@dataclass(frozen=True, slots=True)
class ReadableFile:
    """What metadata lets somebody read."""

    blob_id: BlobId
    node_id: NodeId
    name: str
    size_bytes: int
    content_type: str
    content_hash: str
    layout: str
    revision: int


@dataclass(frozen=True, slots=True)
class SignedDownload:
    url: str
    expire_at: datetime
    file: ReadableFile


def valid_content_type(text: str) -> str:
    """The text if it can stand in a header, else the type of nothing in particular."""
    fits = len(text) <= MAX_CONTENT_TYPE_CHARACTERS and _CONTENT_TYPE.fullmatch(text)
    return text if fits else DEFAULT_CONTENT_TYPE


def content_disposition(name: str, content_type: str) -> str:
    """The header that names a download (RFC 6266), in every language (RFC 8187).

    `attachment` unless the type is on the short list of those that a browser can show without harm. Nothing
    of the name can leave its quotes: what is not plain ASCII is `_` there, and percent-encoded in
    `filename*`.
    """
    essence = content_type.partition(";")[0].strip().lower()
    manner = "inline" if essence in SHOWN_IN_PLACE else "attachment"
    plain = _NOT_PLAIN.sub("_", name)
    encoded = quote(name, safe=_RFC_8187_ATTR_CHARS, errors="replace")
    return f"{manner}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
