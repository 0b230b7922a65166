"""Consul's real agent, from Debian's archive where that can be had, else from source."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from local_stack.errors import StackError
from local_stack.parts.part import Part, verify_sha256
from local_stack.parts.platform import is_linux_x64, missing
from local_stack.parts.tools import Run

_PACKAGE = "consul=1.8.7+dfsg1-2+b3"
_PACKAGE_SHA256 = "e4e888bba104daba1d9161f49bfc52649a7e4efd45b1a7ead5bc54f2cb9c89d9"
_SUITE = "bullseye"  # the last Debian with a Consul
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_MODULE = "github.com/hashicorp/consul"
_MODULE_VERSION = "v1.22.3"  # name it: @latest resolves to one of 2017


@dataclass(frozen=True, slots=True)
class FromDebian:
    """Unpacked, not installed: needs no root, and leaves the machine's own apt alone."""

    version: str = "1.8.7"
    step: str = "fetching Debian's package with apt"

    def obstacle(self) -> str | None:
        if not is_linux_x64() or not _KEYRING.exists() or not all(map(shutil.which, ("apt-get", "dpkg-deb"))):
            return "Debian's package fits Debian on 64-bit Intel/AMD only"
        return None

    def install(self, folder: Path, run: Run) -> None:
        apt = folder / "apt"
        for name in ("lists/partial", "archives/partial"):
            (apt / name).mkdir(parents=True)
        (apt / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {_mirror(run)} {_SUITE} main\n")
        options = _private(apt)
        run(["apt-get", *options, "update"])
        run(["apt-get", *options, "download", _PACKAGE], cwd=folder)
        (package,) = folder.glob("*.deb")
        verify_sha256(package, _PACKAGE_SHA256)
        run(["dpkg-deb", "-x", str(package), str(folder / "unpacked")])
        (folder / "unpacked/usr/bin/consul").rename(folder / "consul")
        package.unlink()
        for scratch in (apt, folder / "unpacked"):
            shutil.rmtree(scratch)


def _mirror(run: Run) -> str:
    """The archive that this machine itself uses."""
    sources = run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(RELEASE)|$(REPO_URI)", "Created-By: Packages"]
    )
    for line in sources.splitlines():
        origin, release, uri = line.split("|", maxsplit=2)
        if origin == "Debian" and not release.endswith(("-security", "-updates", "-backports")):
            return uri
    raise StackError(
        "consul: this machine's apt names no Debian archive (run `apt-get update` once if it should)"
    )


def _private(apt: Path) -> list[str]:
    settings = {
        "Dir::Etc::SourceList": apt / "sources.list",
        "Dir::Etc::SourceParts": os.devnull,
        "Dir::State::Lists": apt / "lists",
        "Dir::Cache": apt,
        "Dir::Cache::Archives": apt / "archives",
        "APT::Sandbox::User": "",  # root's apt would become another user, who cannot write here
        "Acquire::Languages": "none",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
        "Acquire::Check-Valid-Until": "false",  # an old suite; the sha256 says what is right
        "Debug::NoLocking": "1",
    }
    return [f"-o={key}={value}" for key, value in settings.items()]


@dataclass(frozen=True, slots=True)
class FromGo:
    """Built from source: slow, but runs wherever Go does."""

    version: str = "1.22.3"
    step: str = "building with go (about 10 minutes, 2.4 GB of modules)"

    def obstacle(self) -> str | None:
        return missing("go", "Go 1.25 or newer: see go.dev; or install Consul itself")

    def install(self, folder: Path, run: Run) -> None:
        source = folder / "source"
        source.mkdir()
        run(["go", "mod", "init", "parts"], cwd=source)
        run(["go", "get", f"{_MODULE}@{_MODULE_VERSION}"], cwd=source)
        build = ["go", "build", "-trimpath", "-ldflags=-s -w", "-o", str(folder / "consul"), _MODULE]
        run(build, cwd=source, env={"CGO_ENABLED": "0"})
        shutil.rmtree(source)


CONSUL = Part(
    name="consul",
    program="consul",
    recipes=(FromDebian(), FromGo()),
    version_arguments=("version",),
    oldest=(1, 8),
    before=(2,),
)
