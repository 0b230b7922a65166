"""What can be wrong between storage and the tables, each of which no step of this service leaves behind."""

from dataclasses import dataclass
from enum import StrEnum


class DefectKind(StrEnum):
    """The words that an operator reads; `docs/operations.md` says what becomes of each."""

    OBJECT_UNKNOWN = "object_unknown"
    OBJECT_ENDED = "object_ended"
    KEY_STRANGE = "key_strange"
    TRIAL_LEFT = "trial_left"
    MULTIPART_UNKNOWN = "multipart_unknown"
    TAIL_UNKNOWN = "tail_unknown"
    OBJECT_MISSING = "object_missing"
    OBJECT_WRONG = "object_wrong"


class Outcome(StrEnum):
    FOUND = "found"
    REPAIRED = "repaired"
    FOR_A_HUMAN = "needs a human"


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject`: the object's key, which holds no user text."""

    kind: DefectKind
    subject: str
    outcome: Outcome
