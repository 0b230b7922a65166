"""What is looked for among names, and how well a name answers."""

from dataclasses import dataclass, field
from enum import IntEnum

from chassis.errors import InvalidArgument
from file_metadata_service.domain.file_classes import FileClass, class_of
from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.names import NodeKind
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.words import Words, fold, phrases_of, words_of

# A name has at most so many bytes: who pastes one finds it.
QUERY_MAX_CHARACTERS = 255
MAX_PHRASES = 16


class Grade(IntEnum):
    """Better ones come first."""

    EXACT = 0
    PREFIX = 1
    WORDS = 2
    BEGINNINGS = 3


@dataclass(frozen=True, slots=True)
class Query:
    """Every phrase must be in a name, in any order; of its last word the beginning suffices.

    Without phrases ("...") it is the beginning of a name, sign by sign.
    """

    folded: str
    phrases: tuple[Words, ...]

    @property
    def beginning(self) -> str:
        """How the words of a name begin that the query is a prefix of."""
        return " ".join(word for phrase in self.phrases for word in phrase.words)

    def grade(self, name: str) -> Grade | None:
        """None: not found by this."""
        folded = fold(name)
        if folded == self.folded:
            return Grade.EXACT
        if not self.phrases:
            return Grade.PREFIX if folded.startswith(self.folded) else None
        words = words_of(name)
        if " ".join(words.words).startswith(self.beginning):
            return Grade.PREFIX
        if all(_holds(words, phrase, whole=True) for phrase in self.phrases):
            return Grade.WORDS
        return Grade.BEGINNINGS if all(_holds(words, it, whole=False) for it in self.phrases) else None


def query_of(text: str) -> Query | None:
    """None for nothing but space, which asks for everything. Raises InvalidArgument."""
    if len(text) > QUERY_MAX_CHARACTERS:
        raise InvalidArgument(f"A query has at most {QUERY_MAX_CHARACTERS} characters.")
    phrases = tuple(dict.fromkeys(phrases_of(text)))
    if len(phrases) > MAX_PHRASES:
        raise InvalidArgument(f"A query has at most {MAX_PHRASES} words.")
    folded = fold(text.strip())
    return Query(folded, phrases) if folded else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """None: any. Sizes are inclusive and let files through only; of `updated_at`, `before_ms` is exclusive.

    `below`: at whatever depth in that folder.
    """

    kind: NodeKind | None = None
    file_class: FileClass | None = None
    min_size_bytes: int | None = None
    max_size_bytes: int | None = None
    after_ms: int | None = None
    before_ms: int | None = None
    below: NodeId | None = None

    def pass_node(self, node: Node) -> bool:
        """All but `below`, which needs the node's ancestors."""
        if self.kind is not None and node.kind is not self.kind:
            return False
        if self.after_ms is not None and node.updated_at_ms < self.after_ms:
            return False
        if self.before_ms is not None and node.updated_at_ms >= self.before_ms:
            return False
        return self._pass_file(node) if isinstance(node, File) else not self._files_only

    @property
    def _files_only(self) -> bool:
        return (self.file_class, self.min_size_bytes, self.max_size_bytes) != (None, None, None)

    def _pass_file(self, file: File) -> bool:
        size_bytes = file.current.size_bytes
        if self.min_size_bytes is not None and size_bytes < self.min_size_bytes:
            return False
        if self.max_size_bytes is not None and size_bytes > self.max_size_bytes:
            return False
        return self.file_class in (None, class_of(file.name, file.current.content_type))


@dataclass(frozen=True, slots=True)
class Question:
    """`query` None: every name, the last changed first."""

    query: Query | None
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Hit:
    """`ancestors`: from the root's child down to the parent."""

    node: Node
    ancestors: tuple[Folder, ...]


def _holds(words: Words, phrase: Words, *, whole: bool) -> bool:
    return any(
        _within(sought, stretch, whole=whole)
        for sought in {phrase.words, phrase.parts}
        for stretch in {words.words, words.parts}
    )


def _within(sought: tuple[str, ...], stretch: tuple[str, ...], *, whole: bool) -> bool:
    """One after the other, the last one perhaps only begun."""
    *firsts, last = sought
    for start in range(len(stretch) - len(firsts)):
        end = start + len(firsts)
        if list(stretch[start:end]) == firsts and (
            stretch[end] == last if whole else stretch[end].startswith(last)
        ):
            return True
    return False
