"""Zip archives written from front to back, as PKWARE's APPNOTE 6.3.10 says (sections in brackets).

Members are stored as they are: files are mostly compressed already, and so the length is known before the first byte.
Their CRCs are not; they stand behind the bytes and in the directory at the end. An archive without its end opens
nowhere, so whoever gets half of one sees it.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from api_gateway.domain.errors import ZipTooLarge
from chassis.errors import Unavailable

# Of the directory, which is held in memory until the end: some 600,000 members.
MOST_DIRECTORY_BYTES = 64 * 2**20
MOST_PATH_BYTES = 0xFFFF
_LENGTH_BEHIND, _UTF8 = 1 << 3, 1 << 11  # [4.4.4]
_PLAIN, _ZIP64 = 20, 45  # [4.4.3]
_UNIX = 3 << 8  # [4.4.2]
_FILE_MODE, _FOLDER_MODE, _DOS_FOLDER = 0o100644 << 16, 0o040755 << 16, 0x10
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_HEAD, _BEHIND, _BEHIND_ZIP64 = struct.Struct("<4s5H3L2H"), struct.Struct("<4s3L"), struct.Struct("<4sL2Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END, _END_ZIP64, _LOCATOR = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")


@dataclass(frozen=True, slots=True)
class Member:
    """A file or, with a path that ends in `/`, a folder. Paths have `/` between names and none before the first."""

    path: str
    size_bytes: int
    modified_at: datetime

    @property
    def is_folder(self) -> bool:
        return self.path.endswith("/")


class Limits(NamedTuple):
    """The values that the old form cannot hold; what is as large goes into zip64 fields [4.4.1.4]."""

    members: int = _FULL16
    size_bytes: int = _FULL32


@dataclass(slots=True)
class ZipArchive:
    """What stands around the members' bytes. `size_bytes`: of all that was written so far, theirs included.

    For each member `begin`, `count` each chunk of its bytes, `end`; at last `directory`, once.
    """

    limits: Limits = field(default_factory=Limits)
    size_bytes: int = 0
    _member: Member | None = None
    _offset: int = 0
    _crc: int = 0
    _counted: int = 0
    _members: int = 0
    _entries: bytearray = field(default_factory=bytearray)

    def begin(self, member: Member) -> bytes:
        """Its header. Raises ZipTooLarge."""
        path = member.path.encode()
        if len(path) > MOST_PATH_BYTES or len(self._entries) > MOST_DIRECTORY_BYTES:
            raise ZipTooLarge("More than one zip can hold. Fetch the folders in it one by one.")
        self._member, self._offset, self._crc, self._counted = member, self.size_bytes, 0, 0
        is_large = self._is_large(member)
        extra = _modified(member.modified_at)
        if is_large:
            extra += struct.pack("<2H2Q", 1, 16, 0, 0)
        sizes = (_FULL32, _FULL32) if is_large else (0, 0)
        head = _HEAD.pack(
            b"PK\3\4",
            _ZIP64 if is_large else _PLAIN,
            _flags(member),
            0,
            *_dos_time(member.modified_at),
            0,
            *sizes,
            len(path),
            len(extra),
        )
        return self._written(head + path + extra)

    def count(self, chunk: bytes) -> None:
        """Of the member's bytes, which are written as they are. Raises Unavailable."""
        self._crc = zlib.crc32(chunk, self._crc)
        self._counted += len(chunk)
        self.size_bytes += len(chunk)
        if self._member is None or self._counted > self._member.size_bytes:
            raise Unavailable("A file has more bytes than it should.")

    def skip(self, size_bytes: int) -> None:
        """Counts bytes that nobody has, to learn how long the archive becomes."""
        self._counted += size_bytes
        self.size_bytes += size_bytes

    def end(self) -> bytes:
        """What stands behind the member's bytes. Raises Unavailable if some are missing."""
        member = self._member
        if member is None or self._counted != member.size_bytes:
            raise Unavailable("A file has fewer bytes than it should.")
        self._entries += self._entry(member)
        self._members += 1
        self._member = None
        if member.is_folder:
            return b""
        form = _BEHIND_ZIP64 if self._is_large(member) else _BEHIND
        return self._written(form.pack(b"PK\7\10", self._crc, member.size_bytes, member.size_bytes))

    def directory(self) -> bytes:
        """Where each member is, and the end of the archive."""
        start, entries = self.size_bytes, bytes(self._entries)
        self._entries.clear()
        self._written(entries)
        end = b""
        if self._members >= self.limits.members or self.size_bytes >= self.limits.size_bytes:
            end = _END_ZIP64.pack(
                b"PK\6\6",
                _END_ZIP64.size - 12,
                _UNIX | _ZIP64,
                _ZIP64,
                0,
                0,
                self._members,
                self._members,
                len(entries),
                start,
            ) + _LOCATOR.pack(b"PK\6\7", 0, self.size_bytes, 1)
        members, size, offset = self._members, len(entries), start
        if end:
            members, size, offset = _FULL16, _FULL32, _FULL32
        end += _END.pack(b"PK\5\6", 0, 0, members, members, size, offset, 0)
        return entries + self._written(end)

    def _entry(self, member: Member) -> bytes:
        path, extra = member.path.encode(), _modified(member.modified_at)
        size, offset = member.size_bytes, self._offset
        large: list[int] = []
        if self._is_large(member):
            large, size = [size, size], _FULL32
        if offset >= self.limits.size_bytes:
            large, offset = [*large, offset], _FULL32
        if large:
            extra += struct.pack(f"<2H{len(large)}Q", 1, 8 * len(large), *large)
        return (
            _ENTRY.pack(
                b"PK\1\2",
                _UNIX | _ZIP64,
                _ZIP64 if large else _PLAIN,
                _flags(member),
                0,
                *_dos_time(member.modified_at),
                self._crc,
                size,
                size,
                len(path),
                len(extra),
                0,
                0,
                0,
                _FOLDER_MODE | _DOS_FOLDER if member.is_folder else _FILE_MODE,
                offset,
            )
            + path
            + extra
        )

    def _is_large(self, member: Member) -> bool:
        return member.size_bytes >= self.limits.size_bytes

    def _written(self, made: bytes) -> bytes:
        self.size_bytes += len(made)
        return made


def archive_bytes(members: Iterable[Member]) -> int:
    """How long the archive of these becomes. Raises ZipTooLarge."""
    archive = ZipArchive()
    for member in members:
        archive.begin(member)
        archive.skip(member.size_bytes)
        archive.end()
    archive.directory()
    return archive.size_bytes


def _flags(member: Member) -> int:
    return _UTF8 if member.is_folder else _UTF8 | _LENGTH_BEHIND


def _dos_time(at: datetime) -> tuple[int, int]:
    """[4.4.6] In UTC, because nobody knows where it will be unpacked; the exact time stands beside it."""
    at = at.astimezone(UTC)
    year = min(max(at.year - 1980, 0), 127)
    return at.hour << 11 | at.minute << 5 | at.second // 2, year << 9 | at.month << 5 | at.day


def _modified(at: datetime) -> bytes:
    """Info-ZIP's extended timestamp: seconds since 1970 in UTC, in 31 bits and a sign."""
    return struct.pack("<2HBl", 0x5455, 5, 1, min(max(int(at.timestamp()), 0), 2**31 - 1))
