"""What is to be transferred, and what came of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from stowage_client.api.models import Conflict
from stowage_client.remote_path import RemotePath


@dataclass(frozen=True, slots=True)
class UploadJob:
    """`source` shall become `target`, whose folder has this id. `base_layout`: how the file that it replaces is cut."""

    source: Path
    target: RemotePath
    folder_id: str
    conflict: Conflict
    base_layout: str | None = None


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The file as it came to stand in the drive, or would; `resumed` if an earlier run had begun it."""

    node_id: str
    path: RemotePath
    size_bytes: int
    resumed: bool
    is_only_planned: bool = False


Uploader = Callable[[UploadJob], Awaitable[Uploaded]]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose uploads these are."""

    server: str
    account_id: str
