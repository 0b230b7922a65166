"""What is held is what there was when everything stood still, whatever happened while it was gathered."""

import os
import struct
from pathlib import Path

import pytest

from local_stack.backup.holding import Holding


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / "objects"
    for name in ("b/aa/1", "b/aa/2", "b/bb/3"):
        write(source / name, name)
    return source


def write(file: Path, content: str) -> None:
    """As the storage server does: a new file takes the name."""
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name("scratch")
    scratch.write_text(content)
    scratch.rename(file)


def held(holding: Holding) -> dict[str, str]:
    return {
        str(folder / name): Path(place).read_text()
        for folder, files in holding.folders()
        for name, (_, place) in files.files.items()
    }


def there(source: Path) -> dict[str, str]:
    return {str(file.relative_to(source)): file.read_text() for file in source.rglob("*") if file.is_file()}


@pytest.fixture
def holding(source: Path, tmp_path: Path) -> Holding:
    holding = Holding(source, tmp_path / "hold")
    holding.gather()
    return holding


def test_what_comes_goes_and_is_replaced_meanwhile_is_as_it_is_in_the_end(
    source: Path, holding: Holding
) -> None:
    (source / "b/aa/1").unlink()
    write(source / "b/aa/2", "other bytes")
    write(source / "b/cc/dd/4", "new")
    (source / "b/bb/3").unlink()
    (source / "b/bb").rmdir()
    holding.settle()

    assert held(holding) == there(source) == {"b/aa/2": "other bytes", "b/cc/dd/4": "new"}


def test_folders_that_rested_for_long_are_read_again_if_they_changed(source: Path, tmp_path: Path) -> None:
    holding = Holding(source, tmp_path / "hold")
    holding.gather()
    for _, folder in holding.folders():
        folder.changed_ns = 0
    holding.settle()
    write(source / "b/aa/5", "new")
    holding.settle()

    assert held(holding) == there(source)


def test_what_is_deleted_afterwards_stays(source: Path, holding: Holding) -> None:
    holding.settle()
    before = there(source)
    for file in [path for path in source.rglob("*") if path.is_file()]:
        file.unlink()

    assert held(holding) == before


def test_what_is_still_being_written_is_left_out(source: Path, holding: Holding) -> None:
    (source / "b/aa/.1.sgwtmp.0").write_text("half")
    holding.settle()

    assert "b/aa/.1.sgwtmp.0" not in held(holding)


def test_what_a_machine_has_added_to_a_folder_is_its_own(source: Path, holding: Holding) -> None:
    # A POSIX ACL, as any owner may set it: version 2; entries of tag, permissions and id.
    entries = [struct.pack("<HHI", tag, 7, 2**32 - 1) for tag in (0x01, 0x04, 0x20)]
    os.setxattr(source / "b", "system.posix_acl_default", struct.pack("<I", 2) + b"".join(entries))
    holding.settle()

    assert [folder.attributes for _, folder in holding.folders() if folder.attributes] == []


def test_folders_keep_their_attributes_as_they_are_in_the_end(source: Path, holding: Holding) -> None:
    os.setxattr(source / "b", "user.acl", b"mine")
    holding.settle()

    attributes = {str(folder): files.attributes for folder, files in holding.folders()}
    assert attributes["b"] == {"user.acl": b"mine"}
    assert list(attributes) == sorted(attributes)
