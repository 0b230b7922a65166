"""How far a transfer has come: counted here, shown elsewhere."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class FileUnderWay:
    """One file between its beginning and its end, in bytes."""

    name: str
    size_bytes: int
    done_bytes: int = 0


class Meter:
    """Counts bytes and files, from many threads at once. Files are told apart by where they stand on this machine."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[str, FileUnderWay] = {}
        self.expected_files = self.ended_files = 0
        self.expected_bytes = 0
        self.moved_bytes = 0
        self.settled_bytes = 0
        self.is_open = False  # nobody knows how much is still to come

    @property
    def done_bytes(self) -> int:
        return self.moved_bytes + self.settled_bytes

    @property
    def under_way(self) -> Sequence[FileUnderWay]:
        """Those that began first come first."""
        with self._lock:
            return list(self._under_way.values())

    def expect(self, *, files: int, size_bytes: int) -> None:
        """There will be this much more to do."""
        with self._lock:
            self.expected_files += files
            self.expected_bytes += size_bytes

    def advance(self, file: object, size_bytes: int) -> None:
        """So many bytes of the file have moved; negative if they must move again."""
        with self._lock:
            self.moved_bytes += size_bytes
            self._add(str(file), size_bytes)

    def settle(self, file: object, size_bytes: int) -> None:
        """So many bytes of the file need not move: they count as done, not towards the rate."""
        with self._lock:
            self.settled_bytes += size_bytes
            self._add(str(file), size_bytes)

    def begin(self, file: object, size_bytes: int) -> None:
        """Work on this file has begun."""
        with self._lock:
            self._under_way[str(file)] = FileUnderWay(str(file), size_bytes)

    def end(self, file: object) -> None:
        """Work on this file has ended, one way or another."""
        with self._lock:
            self._under_way.pop(str(file), None)
            self.ended_files += 1

    def _add(self, name: str, size_bytes: int) -> None:
        if (file := self._under_way.get(name)) is not None:
            self._under_way[name] = replace(file, done_bytes=file.done_bytes + size_bytes)
