"""A disk of its own for a storage server, whose power can be cut: an ext4 image behind a loop device."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from file_upload_service.adapters.disk.durability import sync_file_system

IMAGE_BYTES = 128 * 2**20
TOOLS = ("mkfs.ext4", "mount", "umount")
# The kernel must not write by itself while a test looks: ext4 would every five seconds.
OPTIONS = "loop,commit=300"


class Disk:
    """Mounted at `mounted`."""

    def __init__(self, folder: Path) -> None:
        self.mounted = folder / "mounted"
        self._image = folder / "image"
        self._at_the_cut = folder / "image-at-the-cut"

    def make(self) -> None:
        """Raises CalledProcessError where this machine does not let us."""
        self.mounted.mkdir()
        with self._image.open("wb") as image:
            image.truncate(IMAGE_BYTES)
        run("mkfs.ext4", "-q", "-F", str(self._image))
        run("mount", "-o", OPTIONS, str(self._image), str(self.mounted))

    def settle(self) -> None:
        """All that was written until now is on the disk."""
        sync_file_system(self.mounted)

    def cut_power(self) -> None:
        """What had not reached the disk is lost. From now on writes go nowhere: end who has files open on it."""
        shutil.copyfile(self._image, self._at_the_cut)

    def come_back(self) -> None:
        """Mounted again, as it was when the power was cut; the file system mends itself by its journal."""
        run("umount", str(self.mounted))
        run("mount", "-o", OPTIONS, str(self._at_the_cut), str(self.mounted))

    def end(self) -> None:
        run("umount", str(self.mounted))


@contextmanager
def a_disk(folder: Path) -> Iterator[Disk]:
    """Skips the test where images cannot be mounted, and says why."""
    if os.geteuid() != 0:
        pytest.skip("mounting an image needs root")
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"mounting an image needs {', '.join(missing)}")
    disk = Disk(folder)
    try:
        disk.make()
    except subprocess.CalledProcessError as error:
        pytest.skip(f"an image cannot be mounted here: {error.stderr.strip()}")
    try:
        yield disk
    finally:
        disk.end()


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
