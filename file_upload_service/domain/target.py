"""Where a file shall go."""

from dataclasses import dataclass
from enum import StrEnum

from file_upload_service.domain.ids import NodeId


class ConflictRule(StrEnum):
    """What happens when the name is taken."""

    FAIL = "fail"
    RENAME = "rename"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the file shall go, and what happens if its name is taken there."""

    folder_id: NodeId
    name: str
    conflict: ConflictRule = ConflictRule.FAIL
    if_revision: int | None = None
