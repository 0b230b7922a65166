"""Uploads and downloads. Sizes are bytes."""

from datetime import datetime
from typing import Any

from pydantic import Field

from api_gateway.adapters.http.models.bases import (
    EARLIER,
    HASH,
    ID,
    LATER,
    OTHER_ID,
    Answer,
    Hash,
    Id,
    sample,
)
from api_gateway.domain.nodes import Conflict
from api_gateway.domain.uploads import UploadState

_UPLOAD: dict[str, Any] = {
    "id": "e4da3b7fbbce2345d7772b0674a318d5",
    "drive_id": ID,
    "state": "open",
    "folder_id": OTHER_ID,
    "name": "holiday.mkv",
    "size": 3221225472,
    "content_type": "video/x-matroska",
    "conflict": "fail",
    "layout": "p23",
    "part_size": 8388608,
    "part_count": 384,
    "created_at": EARLIER,
    "expires_at": "2026-05-11T09:30:00Z",
    "node_id": None,
    "committed_name": None,
    "committed_revision": None,
    "failure_code": None,
    "failure_detail": None,
    "offset": None,
}
SIGNED = {
    "number": 1,
    "method": "PUT",
    "url": "https://s3.example.com/stowage/blobs/e4/da/e4da3b7f?X-Amz-Signature=…",
    "headers": {"x-amz-checksum-sha256": "pZGm1Av0IEBKARczz7exkNYsZb8LzaMrV7J32a2fFG4="},
    "size": 8388608,
}


class Upload(Answer):
    """The session that turns bytes into a file."""

    model_config = sample(**_UPLOAD)

    id: Id
    drive_id: Id
    state: UploadState
    folder_id: str
    name: str
    size: int | None = Field(description="null of a stream while nobody has said how long it is")
    content_type: str
    conflict: Conflict
    layout: str
    part_size: int = Field(description="Of every part but the last; of a stream (`s1`) that of the first")
    part_count: int = Field(description="While the size is null, as many as there can be")
    created_at: datetime
    expires_at: datetime
    node_id: str | None = Field(description="Once committed: the file")
    committed_name: str | None = Field(description="Once committed: the name that it got")
    committed_revision: int | None
    failure_code: str | None = Field(description="Why it stopped at `stored`, or ended `failed`")
    failure_detail: str | None
    offset: int | None = Field(
        None, description="Of a stream that is asked for alone: so many of its first bytes are safe"
    )


class Part(Answer):
    """A part as far as it is known."""

    model_config = sample(number=1, sha256=HASH, reported=True)

    number: int
    sha256: Hash
    reported: bool = Field(description="Whether storage has it")


class UploadWithParts(Upload):
    """An upload, with its claimed parts if they were asked for."""

    parts: list[Part] = Field(default_factory=list, description="Only if they were asked for")


class KnownUpload(UploadWithParts):
    """An upload after what is known of it has been used: of its parts, those that are `reported` need not be sent."""

    model_config = sample(
        **_UPLOAD | {"conflict": "replace"},
        parts=[{"number": 1, "sha256": HASH, "reported": True}],
        more=False,
    )

    more: bool = Field(description="Whether asking again copies further parts")


class UploadPage(Answer):
    """Uploads that have not ended, latest first."""

    model_config = sample(items=[_UPLOAD], next_cursor=None)

    items: list[Upload]
    next_cursor: str | None = Field(description="null at the end")


class SignedPart(Answer):
    """Where one part's bytes go. The headers are part of the signature: send them exactly so."""

    model_config = sample(**SIGNED)

    number: int
    method: str
    url: str
    headers: dict[str, str]
    size: int


class SignedParts(Answer):
    """URLs, all good until `urls_expire_at`."""

    model_config = sample(urls=[SIGNED], urls_expire_at=LATER)

    urls: list[SignedPart]
    urls_expire_at: datetime


class StartedUpload(Answer):
    """A new upload, and the URLs of the parts that were claimed with it."""

    model_config = sample(upload=_UPLOAD, urls=[SIGNED], urls_expire_at=LATER)

    upload: Upload
    urls: list[SignedPart]
    urls_expire_at: datetime | None = Field(description="null if no part was claimed")


class SentPart(Answer):
    """A part that storage has taken."""

    model_config = sample(number=1, etag='"9f86d081884c7d659a2feaa0c55ad015"')

    number: int
    etag: str = Field(description="Empty if storage had the part already")


class StreamPlace(Answer):
    """How far a stream is."""

    model_config = sample(offset=8388608)

    offset: int = Field(description="So many of its first bytes are safe")


class Download(Answer):
    """Where a file's bytes are until `expires_at`, and what they are."""

    model_config = sample(
        url="https://s3.example.com/stowage/blobs/e4/da/e4da3b7f?X-Amz-Signature=…",
        expires_at=LATER,
        name="holiday.mkv",
        size=3221225472,
        content_type="video/x-matroska",
        content_hash=HASH,
        layout="p23",
        revision=2,
    )

    url: str
    expires_at: datetime
    name: str
    size: int
    content_type: str
    content_hash: Hash
    layout: str
    revision: int
