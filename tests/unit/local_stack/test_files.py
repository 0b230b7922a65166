"""Files appear whole, on the disk, and never in another one's place."""

import errno
import os
from pathlib import Path

import pytest

from local_stack.files import appearing, write_private


def test_what_was_written_has_its_name_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[int, list[str]]] = []
    monkeypatch.setattr(
        os,
        "fsync",
        lambda it: synced.append((os.fstat(it).st_ino, [each.name for each in tmp_path.iterdir()])),
    )
    write_private(tmp_path / "secret", b"sesame")
    assert synced[-1] == (tmp_path.stat().st_ino, ["secret"])


def test_a_new_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    with appearing(tmp_path / "new") as (written, _):
        written.write(b"whole")
        assert not (tmp_path / "new").exists()
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"new": b"whole"}


def test_what_comes_at_the_last_moment_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "new"
    monkeypatch.setattr(Path, "exists", lambda _: False)  # whoever looks first has looked too early
    with pytest.raises(FileExistsError, match="nothing is written over"), appearing(file):
        file.write_bytes(b"first")
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"new": b"first"}


@pytest.mark.parametrize("taken", [False, True])
def test_where_there_are_no_links_a_look_must_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, taken: bool
) -> None:
    def knows_no_links(*_: object) -> None:
        raise PermissionError(errno.EPERM, "as on exFAT")

    monkeypatch.setattr(os, "link", knows_no_links)
    file = tmp_path / "new"
    if taken:
        file.write_bytes(b"first")
        with pytest.raises(FileExistsError, match="nothing is written over"), appearing(file):
            pass
    else:
        with appearing(file) as (written, _):
            written.write(b"first")
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"new": b"first"}
