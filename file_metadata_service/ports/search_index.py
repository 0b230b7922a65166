"""Port: an index of the names in a drive. A cache: it may be lost at any time, and is built again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.nodes import Node
from file_metadata_service.domain.search import Hit, Question
from file_metadata_service.ports.listings import Page


@dataclass(frozen=True, slots=True)
class Mark:
    """How far an index has come: it holds all that the journal said up to `seq`; not `complete` while what was
    there before is still being gathered.
    """

    journal_id: str
    seq: int
    complete: bool


class SearchIndex(Protocol):
    """Of each drive apart. Raises `chassis.errors.Unavailable` if it cannot work; a drive whose index is lost,
    damaged or of another form has none.
    """

    async def mark(self, drive_id: DriveId) -> Mark | None:
        """None: there is no index of this drive."""
        ...

    async def begin(self, drive_id: DriveId, mark: Mark) -> None:
        """An empty one, whatever was there."""
        ...

    async def put(self, drive_id: DriveId, nodes: Sequence[Node], mark: Mark) -> None:
        """Each node in its state unless a newer seq of it is known, in the tree or in the trash; then the mark.
        All of it or, if the index is lost meanwhile, nothing. Harmless to repeat.
        """
        ...

    async def page(
        self, drive_id: DriveId, question: Question, *, limit: int, start: str | None
    ) -> Page[Hit]:
        """At most `limit` hits, the better grade first, among equals the one changed last; fewer, even with more
        to come, where many names had to be looked at. Empty without an index.

        What is in the trash, or below what is, is no hit; nor what hangs below a folder that is not known.
        `below` counts the index's own ancestors, so that a folder of any size is moved by putting that folder.
        """
        ...
