"""What a killed S3 server leaves is mended, and nothing else is touched."""

from pathlib import Path

import pytest

from local_stack.s3_repair import Repair, repair

UPLOAD = "0b5c7d52-43a8-4d5e-8f0a-2f1d8f1c9f11"


@pytest.fixture
def multipart(tmp_path: Path) -> Path:
    folder = tmp_path / "bucket" / ".sgwtmp" / "multipart" / ("a" * 64)
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("suffix", [".0123abcd-3.inprogress", ".inprogress"])
def test_an_interrupted_completion_is_an_open_upload_again(
    suffix: str, tmp_path: Path, multipart: Path
) -> None:
    (multipart / f"{UPLOAD}{suffix}").mkdir()
    (multipart / f"{UPLOAD}{suffix}" / "1").write_bytes(b"part")

    done = repair(tmp_path)

    assert (multipart / UPLOAD / "1").read_bytes() == b"part"
    assert done == Repair(uploads_reopened=1, files_removed=0)


def test_it_is_dropped_when_the_upload_itself_is_there(tmp_path: Path, multipart: Path) -> None:
    (multipart / f"{UPLOAD}.0123-1.inprogress").mkdir()
    (multipart / UPLOAD).mkdir()

    repair(tmp_path)

    assert [folder.name for folder in multipart.iterdir()] == [UPLOAD]


def test_strays_go_and_objects_stay(tmp_path: Path) -> None:
    folder = tmp_path / "bucket" / "blobs" / "ab" / "cd"
    folder.mkdir(parents=True)
    (tmp_path / "bucket" / ".sgwtmp").mkdir()
    kept = [folder / "abcd", folder / ".hidden", folder / "x.sgwtmp.1.txt"]
    strays = [
        folder / ".abcd.sgwtmp.1763900000000000000",
        tmp_path / "bucket" / ".sgwtmp" / f"{'0' * 64}.123",
    ]
    for file in kept + strays:
        file.touch()

    done = repair(tmp_path)

    assert done.files_removed == 2
    assert all(file.exists() for file in kept)


def test_an_empty_or_missing_folder_needs_nothing(tmp_path: Path) -> None:
    assert repair(tmp_path) == repair(tmp_path / "missing") == Repair(0, 0)
