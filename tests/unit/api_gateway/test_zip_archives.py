"""The bytes of a zip, read by Python's own reader."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from api_gateway.domain.errors import ZipTooLarge
from api_gateway.domain.zip_archives import Limits, Member, ZipArchive, archive_bytes
from chassis.errors import Unavailable

AT = datetime(2026, 5, 4, 9, 30, 12, tzinfo=UTC)
CONTENTS = {
    "films/": b"",
    "films/a.txt": b"hello",
    "films/größe €.bin": bytes(range(256)),
    "films/empty": b"",
}


def members(contents: dict[str, bytes]) -> Sequence[Member]:
    return [Member(path, len(content), AT) for path, content in contents.items()]


def written(contents: dict[str, bytes], limits: Limits | None = None) -> bytes:
    archive = ZipArchive(limits or Limits())
    made = b""
    for member in members(contents):
        made += archive.begin(member)
        content = contents[member.path]
        for start in range(0, len(content), 100):
            archive.count(content[start : start + 100])
            made += content[start : start + 100]
        made += archive.end()
    made += archive.directory()
    assert archive.size_bytes == len(made)
    return made


def read(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_was_written_is_read() -> None:
    assert read(written(CONTENTS)) == CONTENTS


def test_its_length_is_known_beforehand() -> None:
    assert archive_bytes(members(CONTENTS)) == len(written(CONTENTS))


@pytest.mark.parametrize(
    "limits", [Limits(members=2), Limits(size_bytes=5), Limits(size_bytes=200), Limits(2, 0)], ids=str
)
def test_what_the_old_form_cannot_hold_stands_in_zip64_fields(limits: Limits) -> None:
    made = written(CONTENTS, limits)
    assert b"PK\6\6" in made
    assert read(made) == CONTENTS


def test_without_need_there_is_no_zip64() -> None:
    assert b"PK\6\6" not in written(CONTENTS)


def test_times_and_kinds_are_those_of_the_nodes() -> None:
    with zipfile.ZipFile(io.BytesIO(written(CONTENTS))) as archive:
        folder, file, *_ = archive.infolist()
    assert (folder.is_dir(), file.is_dir()) == (True, False)
    assert file.date_time == (2026, 5, 4, 9, 30, 12)
    assert int(AT.timestamp()).to_bytes(4, "little") in file.extra
    assert (file.external_attr >> 16, file.compress_type) == (0o100644, zipfile.ZIP_STORED)


def test_a_time_before_zips_is_their_first_one() -> None:
    archive = ZipArchive()
    made = archive.begin(Member("old", 0, datetime(1969, 7, 20, tzinfo=UTC))) + archive.end()
    with zipfile.ZipFile(io.BytesIO(made + archive.directory())) as read_again:
        assert read_again.infolist()[0].date_time[0] == 1980


@pytest.mark.parametrize("content", [b"", b"hell", b"hello!"])
def test_other_bytes_than_announced_end_it(content: bytes) -> None:
    with pytest.raises(Unavailable):
        _one_of_five_bytes(content)


def _one_of_five_bytes(content: bytes) -> None:
    archive = ZipArchive()
    archive.begin(Member("a", 5, AT))
    archive.count(content)
    archive.end()


def test_half_of_it_opens_nowhere() -> None:
    made = written(CONTENTS)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(made[:-30]))


def test_a_path_that_no_header_can_hold_is_refused() -> None:
    with pytest.raises(ZipTooLarge):
        ZipArchive().begin(Member("a/" * 32768, 0, AT))
