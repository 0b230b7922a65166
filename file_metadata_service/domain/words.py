"""The words in a name, as people look for them: any case, without accents, `IMG_2023-05.jpg` by its parts.

A word is a run of letters, or of digits. Scripts that are written without spaces give a word for each character,
so that any piece of such a name is found, as a phrase. `CamelCase` is one word, and two parts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import combining, normalize

# Voicing marks make other letters of kana, not accents.
_KEPT_MARKS = frozenset("\u3099\u309a")
# Letters that Unicode does not take apart, and people type without their strokes.
_PLAIN = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
)

# Thai to Myanmar, Khmer, kana and Han, Yi, Hangul, Han again; then money, arrows to dingbats, emoji.
_UNSPACED = (
    "\u0e00-\u109f\u1780-\u17ff\u2e80-\u2fd5\u3005-\u3007\u3021-\u302f\u3031-\ua4cf\uac00-\ud7a3\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
    "\u20a0-\u20cf\u2190-\u2bff\U0001f000-\U0001faff"
)
# With the vowel signs of Indic scripts, which are marks but no accents.
_LETTER = rf"(?:(?![{_UNSPACED}])(?:[^\W\d_]|[\u0900-\u0dff]))"
_RUNS = re.compile(rf"[{_UNSPACED}]|\d+|{_LETTER}+")
_STRETCHES = re.compile(rf"(?:[{_UNSPACED}]|\d|{_LETTER})+")
_ASCII_RUNS = re.compile("[0-9]+|[A-Za-z]+")
_ASCII_STRETCHES = re.compile("[0-9A-Za-z]+")
_ASCII_PIECES = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class Words:
    """`parts` splits words where their case shows a seam, too; the same as `words` if none does."""

    words: tuple[str, ...]
    parts: tuple[str, ...]


def fold(text: str) -> str:
    """Equal for texts that differ by case, accents or Unicode form alone."""
    return _lower(_bare(text))


def words_of(text: str) -> Words:
    """Words hold letters and digits, of ASCII or beyond it, and signs beyond ASCII: never a space or a quote."""
    return _words_in(_bare(text))


def phrases_of(text: str) -> tuple[Words, ...]:
    """The words that stand together, without anything between them: `img2023 x` are two phrases."""
    bare = _bare(text)
    stretches = (_ASCII_STRETCHES if bare.isascii() else _STRETCHES).findall(bare)
    return tuple(_words_in(stretch) for stretch in stretches)


def _words_in(bare: str) -> Words:
    if bare.isascii():
        lower = bare.lower()
        words = tuple(_ASCII_RUNS.findall(lower))
        if bare in (lower, bare.upper()):
            return Words(words, words)
        parts = tuple(piece.lower() for piece in _ASCII_PIECES.findall(bare))
        return Words(words, words if parts == words else parts)
    runs = _RUNS.findall(bare)
    pieces = (piece for run in runs for piece in _pieces(run))
    return Words(tuple(map(_lower, runs)), tuple(map(_lower, pieces)))


def _pieces(run: str) -> Iterator[str]:
    """`HTTPServer` is HTTP and Server."""
    start = 0
    for index, (left, right) in enumerate(pairwise(run), start=1):
        follows = run[index + 1 : index + 2]
        if right.isupper() and (left.islower() or (left.isupper() and follows.islower())):
            yield run[start:index]
            start = index
    yield run[start:]


def _bare(text: str) -> str:
    """Without accents, in compatible form: case still shows."""
    if text.isascii():
        return text
    stripped = "".join(it for it in normalize("NFKD", text) if not combining(it) or it in _KEPT_MARKS)
    return normalize("NFC", stripped)


def _lower(bare: str) -> str:
    return bare.lower() if bare.isascii() else _bare(bare.casefold()).translate(_PLAIN)
