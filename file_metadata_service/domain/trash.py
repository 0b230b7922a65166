"""The trash: the top node of each deletion, and where it was."""

from dataclasses import dataclass

from file_metadata_service.domain.nodes import Node

RETENTION_MS = 30 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TrashItem:
    """`node` is as it was; `original_path` is for people, as it was at the deletion."""

    node: Node
    original_path: str
    trashed_at_ms: int
    expires_at_ms: int
