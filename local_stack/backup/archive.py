"""The backup file: a tar that any tar can read, between a header and a list of checksums.

stowage-backup.json   format, when, how much: first, so that a restore knows at once whether it can and fits
data/… secrets/… …    as in the home; extended attributes as Base64 in a PAX header of our own
checksums.json        SHA-256 of each member, with its attributes: last, so that it is there only in a whole one
"""

import base64
import hashlib
import io
import json
import stat
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from local_stack.errors import StackError
from local_stack.files import own_attributes

FORMAT = 1
HEADER, CHECKSUMS = "stowage-backup.json", "checksums.json"
BLOCK_BYTES = 2**20
_ATTRIBUTES = "STOWAGE.xattrs"


@dataclass(frozen=True, slots=True)
class Header:
    """migrations: those that the tables may have seen, as `service/version`. taken_at: RFC 3339."""

    format: int
    taken_at: str
    files: int
    size_bytes: int
    migrations: tuple[str, ...]


class _Hashing:
    """A file that remembers what was read from it."""

    def __init__(self, file: IO[bytes], digest: Any) -> None:
        self._file = file
        self._digest = digest

    def read(self, size: int = -1) -> bytes:
        read = self._file.read(size)
        self._digest.update(read)
        return read


class Writer:
    """Into an open file. `close` makes it whole."""

    def __init__(self, file: IO[bytes], header: Header) -> None:
        self._tar = tarfile.TarFile(
            fileobj=file, mode="w", format=tarfile.PAX_FORMAT, copybufsize=BLOCK_BYTES
        )
        self._checksums: dict[str, str] = {}
        self._add_json(HEADER, {**asdict(header)})

    def add_folder(self, name: str, attributes: Mapping[str, bytes]) -> None:
        member = self._member(name, 0o700, attributes)
        member.type = tarfile.DIRTYPE
        self._tar.addfile(member)
        self._checksums[name] = _digest(member).hexdigest()

    def add_file(self, name: str, path: Path) -> int:
        """Returns how many bytes it has."""
        about = path.lstat()
        member = self._member(name, stat.S_IMODE(about.st_mode), own_attributes(path))
        member.size, member.mtime = about.st_size, about.st_mtime
        digest = _digest(member)
        with path.open("rb") as opened:
            self._tar.addfile(member, _Hashing(opened, digest))
        self._checksums[name] = digest.hexdigest()
        return member.size

    def _member(self, name: str, mode: int, attributes: Mapping[str, bytes]) -> tarfile.TarInfo:
        member = tarfile.TarInfo(name)
        member.mode = mode
        if attributes:
            encoded = {key: base64.b64encode(value).decode() for key, value in sorted(attributes.items())}
            member.pax_headers = {_ATTRIBUTES: json.dumps(encoded)}
        return member

    def close(self) -> None:
        self._add_json(CHECKSUMS, self._checksums)
        self._tar.close()

    def _add_json(self, name: str, content: Mapping[str, Any]) -> None:
        written = json.dumps(content).encode()
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(written), 0o600
        self._tar.addfile(member, io.BytesIO(written))


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or folder of a backup, to be read before the next one is asked for."""

    member: tarfile.TarInfo
    content: "_Hashing | None"
    attributes: Mapping[str, bytes]

    @property
    def name(self) -> str:
        return self.member.name

    def blocks(self) -> Iterator[bytes]:
        """Its bytes; none of a folder."""
        while self.content is not None and (block := self.content.read(BLOCK_BYTES)):
            yield block


class Reader:
    """Of a backup file. Raises StackError for what is none, is damaged, or is not whole."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.header: Header = self._read_header()

    def entries(self) -> Iterator[Entry]:
        """In order. At the end every checksum was right; until then nothing may be believed."""
        found: dict[str, Any] = {}
        for member in self._members():
            if member.name == CHECKSUMS:
                self._compare(self._json(member), found)
                return
            attributes = member.pax_headers.get(_ATTRIBUTES, "{}")
            digest = found[member.name] = _digest(member)
            file = self._tar.extractfile(member) if member.isfile() else None
            content = _Hashing(file, digest) if file else None
            decoded = {name: base64.b64decode(value) for name, value in json.loads(attributes).items()}
            yield Entry(member, content, decoded)
        raise StackError("the backup is not whole: its end is missing")

    def _members(self) -> Iterator[tarfile.TarInfo]:
        while (member := self._next()) is not None:
            yield member
            self._tar.members.clear()  # type: ignore[attr-defined]  # it keeps all of them otherwise

    def _next(self) -> tarfile.TarInfo | None:
        try:
            return self._tar.next()
        except (tarfile.TarError, OSError, ValueError) as error:
            raise StackError(f"the backup is damaged: {error}") from error

    def _read_header(self) -> Header:
        member = self._next()
        if member is None or member.name != HEADER:
            raise StackError("this is no backup of Stowage")
        read = self._json(member)
        if not isinstance(read.get("format"), int) or read["format"] > FORMAT:
            raise StackError("the backup was made by a newer Stowage: restore it with that one")
        return Header(**{**read, "migrations": tuple(read["migrations"])})

    def _json(self, member: tarfile.TarInfo) -> dict[str, Any]:
        file = self._tar.extractfile(member)
        assert file is not None
        try:
            return dict(json.loads(file.read()))
        except ValueError as error:
            raise StackError(f"the backup is damaged: {member.name} makes no sense") from error

    def _compare(self, wanted: Mapping[str, str], found: Mapping[str, Any]) -> None:
        for name in sorted(wanted.keys() | found.keys()):
            if name not in found or found[name].hexdigest() != wanted.get(name):
                raise StackError(f"the backup is damaged: {name} is not what was saved")


@contextmanager
def reading(file: Path) -> Iterator[Reader]:
    """A backup file, opened. Raises StackError."""
    try:
        tar = tarfile.TarFile(file, "r")
    except tarfile.TarError as error:
        raise StackError(f"{file} is no backup of Stowage") from error
    except OSError as error:
        raise StackError(f"{file} cannot be read: {error.strerror}") from error
    with tar:
        yield Reader(tar)


def _digest(member: tarfile.TarInfo) -> Any:
    """Begun with what stands beside the content."""
    return hashlib.sha256(f"{member.mode:o} {member.pax_headers.get(_ATTRIBUTES, '')}\n".encode())
