"""Questions in the words of SQL and of FTS5. Nothing that a person typed stands in either but as letters and
digits between quotes.
"""

from dataclasses import dataclass

from file_metadata_service.adapters.sqlite.rows import FOLDER, first_place
from file_metadata_service.domain.names import NodeKind
from file_metadata_service.domain.search import Filters, Query
from file_metadata_service.domain.words import Words

# Of long phrases the first words suffice to find: the domain grades what was found by all of them.
PHRASE_WORDS = 12


@dataclass(frozen=True, slots=True)
class Conditions:
    """A WHERE and its values."""

    text: str
    values: tuple[str | int, ...]


def conditions_of(filters: Filters) -> Conditions:
    """All but `below`."""
    terms, values = ["node.trashed_at IS NULL"], list[str | int]()
    if filters.kind is not None:
        terms.append(f"node.class {'=' if filters.kind is NodeKind.FOLDER else '<>'} '{FOLDER}'")
    # What is compared with a folder's size, which is null, lets no folder through.
    for term, value in (
        ("node.class = ?", filters.file_class),
        ("node.size >= ?", filters.min_size_bytes),
        ("node.size <= ?", filters.max_size_bytes),
        ("node.place >= ?", None if filters.after_ms is None else first_place(filters.after_ms)),
        ("node.place < ?", None if filters.before_ms is None else first_place(filters.before_ms)),
    ):
        if value is not None:
            terms.append(term)
            values.append(value)
    return Conditions(" AND ".join(terms), tuple(values))


def matching(query: Query, *, whole: bool) -> str:
    """For MATCH: every phrase, in words or in parts."""
    return " AND ".join(f"({_either(phrase, whole=whole)})" for phrase in query.phrases)


def beginning_with(query: Query) -> str:
    """For MATCH: the words that a name begins with."""
    words = tuple(word for phrase in query.phrases for word in phrase.words)
    return f"words : ^ {_quoted(words, whole=False)}"


def _either(phrase: Words, *, whole: bool) -> str:
    return " OR ".join(_quoted(words, whole=whole) for words in dict.fromkeys((phrase.words, phrase.parts)))


def _quoted(words: tuple[str, ...], *, whole: bool) -> str:
    cut = words[:PHRASE_WORDS]
    return f'"{" ".join(cut)}"{"" if whole or len(cut) < len(words) else " *"}'
