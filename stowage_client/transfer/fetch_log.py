"""Which parts of a download have arrived, so that the next run need not fetch them again."""

from pathlib import Path

from stowage_client.errors import LocalError
from stowage_client.locations import file_key
from stowage_client.private_file import make_private_folder


class FetchLog:
    """One line per part, appended when it is written: number and SHA-256. A hint: who reads it looks at the bytes."""

    def __init__(self, folder: Path, partial: Path) -> None:
        self._path = folder / f"{file_key(str(partial.absolute()))}.log"

    def read(self) -> dict[int, bytes]:
        """The digests of parts, by number; lines that were cut off are left out."""
        try:
            lines = self._path.read_text(encoding="ascii", errors="replace").split("\n")
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise LocalError(f"Cannot read {self._path}: {error.strerror}.") from error
        parts = {}
        for line in lines[:-1]:  # what follows the last line end is empty or cut
            number, _, digest = line.partition(" ")
            if number.isdecimal() and len(digest) == 64:
                parts[int(number)] = bytes.fromhex(digest)
        return parts

    def add(self, number: int, digest: bytes) -> None:
        try:
            if not self._path.parent.is_dir():
                make_private_folder(self._path.parent)
            with self._path.open("a", encoding="ascii") as file:
                file.write(f"{number} {digest.hex()}\n")
        except OSError as error:
            raise LocalError(f"Cannot write {self._path}: {error.strerror}.") from error

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)
