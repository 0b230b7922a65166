"""Uploads as the server answers them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from stowage_client.api.models import Conflict, Json


@dataclass(frozen=True, slots=True)
class Claim:
    """What part `number` will be, by its SHA-256."""

    number: int
    digest: bytes

    def as_json(self) -> dict[str, object]:
        return {"number": self.number, "sha256": self.digest.hex()}


@dataclass(frozen=True, slots=True)
class PartReport:
    """What S3 answered to part `number`."""

    number: int
    etag: str

    def as_json(self) -> dict[str, object]:
        return {"number": self.number, "etag": self.etag}


@dataclass(frozen=True, slots=True)
class SignedPart:
    """Where and how to send one part; its hash and length are signed into the URL."""

    number: int
    method: str
    url: str
    headers: Mapping[str, str]
    size: int

    @classmethod
    def parse(cls, data: Json) -> "SignedPart":
        return cls(data["number"], data["method"], data["url"], data["headers"], data["size"])


@dataclass(frozen=True, slots=True)
class KnownPart:
    """A part that the server knows: claimed, and if `reported` also sent."""

    number: int
    digest: bytes
    reported: bool

    @classmethod
    def parse(cls, data: Json) -> "KnownPart":
        return cls(data["number"], bytes.fromhex(data["sha256"]), data["reported"])


@dataclass(frozen=True, slots=True)
class Upload:
    """The session that turns bytes into a blob and the blob into a version."""

    id: str
    state: str
    folder_id: str
    name: str
    size: int | None  # None: nobody has said yet how long it is
    conflict: Conflict
    layout: str
    part_count: int
    created_at: datetime
    expires_at: datetime
    node_id: str | None
    committed_name: str | None
    failure_code: str | None
    failure_detail: str | None

    @classmethod
    def parse(cls, data: Json) -> "Upload":
        return cls(
            id=data["id"],
            state=data["state"],
            folder_id=data["folder_id"],
            name=data["name"],
            size=data["size"],
            conflict=data["conflict"],
            layout=data["layout"],
            part_count=data["part_count"],
            created_at=datetime.fromisoformat(data["created_at"]),
            expires_at=datetime.fromisoformat(data["expires_at"]),
            node_id=data.get("node_id") or None,
            committed_name=data.get("committed_name") or None,
            failure_code=data.get("failure_code") or None,
            failure_detail=data.get("failure_detail") or None,
        )

    @property
    def is_committed(self) -> bool:
        return self.state == "committed"

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def has_ended_without_file(self) -> bool:
        return self.state in ("aborting", "aborted", "failed")


@dataclass(frozen=True, slots=True)
class Started:
    """A new upload, or the one that this key already started, with the parts that were asked for signed."""

    upload: Upload
    urls: tuple[SignedPart, ...]

    @classmethod
    def parse(cls, data: Json) -> "Started":
        return cls(Upload.parse(data["upload"]), tuple(SignedPart.parse(part) for part in data["urls"]))


@dataclass(frozen=True, slots=True)
class KnownUse:
    """An upload after the server has used what it knew; `more`: asked again it copies further parts."""

    upload: Upload
    more: bool

    @classmethod
    def parse(cls, data: Json) -> "KnownUse":
        return cls(Upload.parse(data), data["more"])


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What Start is asked. Repeating it with its key must repeat it word for word. `size`: None if it is unknown."""

    folder_id: str
    name: str
    size: int | None
    conflict: Conflict
    content_type: str | None

    def as_json(self) -> dict[str, object]:
        body: dict[str, object] = {
            "folder_id": self.folder_id,
            "name": self.name,
            "size": self.size,
            "conflict": self.conflict,
        }
        return body | ({"content_type": self.content_type} if self.content_type else {})
