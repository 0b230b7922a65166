"""What a store may lack that would lose data, or leave it for ever."""

from enum import StrEnum


class Flaw(StrEnum):
    """In the words that an operator reads, after "the storage"; `docs/storage.md` has what each would lead to."""

    REFUSES = "refuses a signed PUT"
    OTHER_BYTES = "takes other bytes than the SHA-256 of a signed PUT is of"
    CUT_BYTES = "takes fewer bytes than the length of a signed PUT"
    NO_PROOF = "does not tell an object's size and SHA-256 by HEAD"
    REPLACES = "replaces an object in spite of If-None-Match on a PUT"
    OTHER_PART = "takes other bytes than the SHA-256 of a signed part is of"
    PARTS_UNPROVEN = "does not list parts with their sizes and SHA-256s"
    PARTS_UNCHECKED = "puts parts together whose SHA-256s are other than it is told"
    ORDER = "does not put parts together in the order of their numbers"
    NO_COMPOSITE_PROOF = "does not tell the composite SHA-256 of several parts by HEAD"
    COMPLETE_REPLACES = "replaces an object in spite of If-None-Match on CompleteMultipartUpload"
    UNLISTED = "does not list what it holds"
    KEEPS = "keeps what was deleted or aborted"


class StoreUnfit(Exception):
    """The store would lose data: it has this flaw."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(f"The storage {flaw}.")
        self.flaw = flaw
