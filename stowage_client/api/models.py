"""What the server answers, as frozen values. Sizes are bytes, hashes hex, times aware UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Json = Mapping[str, Any]
Conflict = Literal["fail", "rename", "replace"]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Account:
    """A person who can sign in."""

    id: str
    email: str
    display_name: str | None

    @classmethod
    def parse(cls, data: Json) -> "Account":
        return cls(data["id"], data["email"], data.get("display_name"))


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a session is used by. Lifetimes count from when the server answered, so clocks need not agree."""

    session_id: str
    access_token: str
    access_ttl_seconds: float
    refresh_token: str
    refresh_ttl_seconds: float

    @classmethod
    def parse(cls, data: Json, *, answered_at: datetime) -> "Tokens":
        return cls(
            session_id=data["session_id"],
            access_token=data["access_token"],
            access_ttl_seconds=(_time(data["access_expires_at"]) - answered_at).total_seconds(),
            refresh_token=data["refresh_token"],
            refresh_ttl_seconds=(_time(data["refresh_expires_at"]) - answered_at).total_seconds(),
        )


@dataclass(frozen=True, slots=True)
class Drive:
    """One tree of folders, what it holds and what it may hold.

    `versions_bytes` and `trash_bytes` are parts of `bytes_used`; None while they are being counted.
    """

    id: str
    root_id: str
    bytes_used: int
    file_count: int
    quota_bytes: int | None
    versions_bytes: int | None
    trash_bytes: int | None

    @classmethod
    def parse(cls, data: Json) -> "Drive":
        return cls(
            id=data["id"],
            root_id=data["root_id"],
            bytes_used=data["bytes_used"],
            file_count=data["file_count"],
            quota_bytes=data.get("quota_bytes"),
            versions_bytes=data.get("versions_bytes"),
            trash_bytes=data.get("trash_bytes"),
        )


@dataclass(frozen=True, slots=True)
class Node:
    """A folder or a file; what only files have is None for folders."""

    id: str
    kind: Literal["folder", "file"]
    parent_id: str | None
    name: str
    revision: int
    updated_at: datetime
    size: int | None
    content_type: str | None
    content_hash: str | None
    layout: str | None

    @classmethod
    def parse(cls, data: Json) -> "Node":
        return cls(
            id=data["id"],
            kind=data["kind"],
            parent_id=data.get("parent_id"),
            name=data["name"],
            revision=data["revision"],
            updated_at=_time(data["updated_at"]),
            size=data.get("size"),
            content_type=data.get("content_type"),
            content_hash=data.get("content_hash"),
            layout=data.get("layout"),
        )

    @property
    def is_folder(self) -> bool:
        return self.kind == "folder"


@dataclass(frozen=True, slots=True)
class TrashItem:
    """The top node of one deletion, where it was and until when it can come back."""

    node: Node
    original_path: str
    trashed_at: datetime
    expires_at: datetime

    @classmethod
    def parse(cls, data: Json) -> "TrashItem":
        return cls(
            Node.parse(data["node"]),
            data["original_path"],
            _time(data["trashed_at"]),
            _time(data["expires_at"]),
        )


@dataclass(frozen=True, slots=True)
class Content:
    """A URL, good for some minutes, that gives a file's bytes, and what those bytes must be."""

    url: str
    size: int
    content_hash: str
    layout: str
    revision: int

    @classmethod
    def parse(cls, data: Json) -> "Content":
        return cls(data["url"], data["size"], data["content_hash"], data["layout"], data["revision"])
