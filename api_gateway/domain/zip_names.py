"""How nodes are called in an archive that may be unpacked anywhere."""

import unicodedata
from pathlib import PurePosixPath


class UniqueNames:
    """The names in one folder of an archive, of which no two are one file on Windows or macOS."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def take(self, name: str) -> str:
        """The name as it is, if it can be; of several alike, `name (2).ext` and so on."""
        name = _harmless(name)
        free, key = name, _key(name)
        while _key(free) in self._taken:
            # The last number is remembered: a thousand of one name would be tried half a million times.
            self._taken[key] += 1
            pure = PurePosixPath(name)
            free = f"{pure.stem} ({self._taken[key]}){pure.suffix}"
        self._taken[_key(free)] = 1
        return free


def zip_name(names: list[str]) -> str:
    """Of the whole archive: after the one node in it."""
    return f"{names[0]}.zip" if len(names) == 1 else "stowage.zip"


def _harmless(name: str) -> str:
    """What leads nowhere. On Windows `\\` stands between folders, and `.. ` is `..`: what is made of dots and spaces
    alone gets an underscore. All else stays, though some systems refuse it: unpackers know what theirs does."""
    name = name.replace("\\", "＼")  # looks alike, and is why it is taken
    return name if name.strip(". ") else f"{name}_"


def _key(name: str) -> str:
    """As metadata compares names, and without what Windows leaves out at the end."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold()).rstrip(". ")
