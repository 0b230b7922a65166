"""What can be wrong with a drive, each of which no transaction of this service leaves behind."""

from dataclasses import dataclass
from enum import StrEnum

from file_metadata_service.domain.ids import DriveId


class DefectKind(StrEnum):
    """The words that an operator reads; `docs/operations.md` says what becomes of each."""

    ENTRY_MISSING = "entry_missing"
    ENTRY_STALE = "entry_stale"
    ENTRY_NEWER = "entry_newer"
    ENTRY_SURPLUS = "entry_surplus"
    ENTRY_ALONE = "entry_alone"
    NAME_SHARED = "name_shared"
    PARENT_MISSING = "parent_missing"
    JOB_GONE = "job_gone"
    FOLDERS_IN_CIRCLE = "folders_in_circle"
    KEYS_MISFILED = "keys_misfiled"
    SEQ_AHEAD = "seq_ahead"
    TRASH_MISSING = "trash_missing"
    TRASH_STALE = "trash_stale"
    TRASH_SURPLUS = "trash_surplus"
    TRASH_ALONE = "trash_alone"
    TRASH_MISCOUNTED = "trash_miscounted"
    JOURNAL_GAP = "journal_gap"
    JOURNAL_AHEAD = "journal_ahead"
    VERSIONS_MISCOUNTED = "versions_miscounted"
    VERSION_ALONE = "version_alone"
    USAGE_WRONG = "usage_wrong"
    REFERENCES_WRONG = "references_wrong"
    BLOB_MISSING = "blob_missing"
    BLOB_NOT_LIVE = "blob_not_live"


@dataclass(frozen=True, slots=True)
class Defect:
    """`subject`: ids and numbers that lead to it, never a name."""

    kind: DefectKind
    drive_id: DriveId
    subject: str
