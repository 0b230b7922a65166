"""The cache that instances share, in memory; it can be away, and lose what it is told."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import NodeId, Position
from file_metadata_service.ports.answer_cache import Caching

V = TypeVar("V")
Journal = tuple[str, str]


@dataclass(slots=True)
class RecordingReadWatch:
    """Implements ReadWatch."""

    looks: list[tuple[str, str]] = field(default_factory=list)

    def looked(self, kind: str, result: str) -> None:
        self.looks.append((kind, result))


@dataclass(slots=True)
class InMemoryCache:
    """What stands in it. `away`: it answers nothing and keeps nothing. `deaf`: it keeps no notes."""

    kept: dict[tuple[Journal, str, str], tuple[Drive, NodeId | None, object]] = field(default_factory=dict)
    notes: dict[tuple[Journal, int], frozenset[NodeId]] = field(default_factory=dict)
    away: bool = False
    deaf: bool = False
    calls: list[str] = field(default_factory=list)

    def caching(self, watch: RecordingReadWatch | None = None) -> Caching:
        return Caching(
            pages=InMemoryAnswers(self, "page", of_the_tree=False),
            places=InMemoryAnswers(self, "place", of_the_tree=True),
            notes=InMemoryNotes(self),
            watch=watch or RecordingReadWatch(),
        )

    def flush(self) -> None:
        self.kept.clear()
        self.notes.clear()


@dataclass(frozen=True, slots=True)
class InMemoryAnswers(Generic[V]):
    """Implements AnswerCache."""

    cache: InMemoryCache
    kind: str
    of_the_tree: bool

    async def get(self, head: Drive, key: str) -> V | None:
        self.cache.calls.append("cache")
        found = self.cache.kept.get((_journal(head.position), self.kind, key))
        if found is None or self.cache.away:
            return None
        then, about, answer = found
        if self.of_the_tree and then.tree_epoch != head.tree_epoch:
            return None
        between = range(then.seq + 1, head.seq + 1)
        notes = [self.cache.notes.get((_journal(head.position), seq)) for seq in between]
        if then.seq > head.seq or any(note is None or about in note for note in notes):
            return None
        return answer  # type: ignore[return-value]  # of its kind

    def keep(self, head: Drive, key: str, about: NodeId | None, answer: V) -> None:
        place = (_journal(head.position), self.kind, key)
        newest = self.cache.kept.get(place)
        if not self.cache.away and (newest is None or newest[0].seq <= head.seq):
            self.cache.kept[place] = (head, about, answer)


@dataclass(frozen=True, slots=True)
class InMemoryNotes:
    """Implements ChangeNotes."""

    cache: InMemoryCache

    def landed(self, position: Position, touched: frozenset[NodeId]) -> None:
        if not (self.cache.away or self.cache.deaf):
            self.cache.notes[_journal(position), position.seq] = touched


def _journal(position: Position) -> Journal:
    return (position.drive_id, position.journal_id)
