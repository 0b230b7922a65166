"""Parts are there whole or not at all, and installed once, whoever asks and whatever breaks."""

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from local_stack.errors import StackError
from local_stack.parts.part import Part
from local_stack.parts.store import Store, default_root
from local_stack.parts.tools import Run
from local_stack.progress import silent


@dataclass
class FakeRecipe:
    version: str = "1.0"
    step: str = "installing"
    blocked_by: str | None = None
    failure: Exception | None = None
    leaves: str = "engine"
    installs: int = 0
    may_end: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_end.set()

    def obstacle(self) -> str | None:
        return self.blocked_by

    def install(self, folder: Path, run: Run) -> None:
        self.installs += 1
        self.may_end.wait(10)
        (folder / "half").touch()
        if self.failure:
            raise self.failure
        (folder / self.leaves).touch()


def part(*recipes: FakeRecipe, **more: object) -> Part:
    return Part(name="engine", program="engine", recipes=recipes, **more)  # type: ignore[arg-type]


def folders(root: Path) -> list[str]:
    return sorted(entry.name for entry in root.iterdir() if entry.is_dir())


def test_a_part_is_installed_once_and_then_found(tmp_path: Path) -> None:
    recipe = FakeRecipe()

    first = Store(tmp_path, silent).program(part(recipe))
    second = Store(tmp_path, silent).program(part(recipe))

    assert first == second == tmp_path / "engine-1.0" / "engine"
    assert recipe.installs == 1


def test_a_failed_install_leaves_nothing_half(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="no luck"):
        Store(tmp_path, silent).program(part(FakeRecipe(failure=StackError("no luck"))))

    assert folders(tmp_path) == []


def test_what_a_killed_install_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".unfinished-engine-abc").mkdir()

    Store(tmp_path, silent).program(part(FakeRecipe()))

    assert folders(tmp_path) == ["engine-1.0"]


def test_an_installer_that_leaves_no_program_has_failed(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="left no engine"):
        Store(tmp_path, silent).program(part(FakeRecipe(leaves="something else")))

    assert folders(tmp_path) == []


def test_the_second_way_is_tried_when_the_first_is_closed_or_fails(tmp_path: Path) -> None:
    closed, failing = FakeRecipe(blocked_by="no tool"), FakeRecipe(failure=StackError("broke"))

    found = Store(tmp_path, silent).program(part(closed, failing, FakeRecipe(version="2.0")))

    assert found == tmp_path / "engine-2.0" / "engine"
    assert closed.installs == 0


def test_when_no_way_is_left_all_reasons_are_told(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"(?s)npm is not installed.*cargo failed"):
        Store(tmp_path, silent).program(
            part(
                FakeRecipe(blocked_by="npm is not installed"), FakeRecipe(failure=StackError("cargo failed"))
            )
        )


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    full = OSError(28, "No space left on device")

    with pytest.raises(StackError, match="the disk is full"):
        Store(tmp_path, silent).program(part(FakeRecipe(failure=full)))


def test_two_runs_at_once_install_once_and_the_second_says_that_it_waits(tmp_path: Path) -> None:
    recipe, said = FakeRecipe(), []
    recipe.may_end.clear()
    waiting = threading.Event()

    def say(_subject: str, text: str) -> None:
        said.append(text)
        if "waiting" in text:
            waiting.set()

    runs = [threading.Thread(target=Store(tmp_path, say).program, args=[part(recipe)]) for _ in range(2)]
    for run in runs:
        run.start()
    assert waiting.wait(10)
    recipe.may_end.set()
    for run in runs:
        run.join(10)

    assert recipe.installs == 1


def test_each_failure_of_several_parts_is_told(tmp_path: Path) -> None:
    parts = [
        Part(name=name, program=name, recipes=[FakeRecipe(failure=StackError(f"{name} broke"))])
        for name in "ab"
    ]

    with pytest.raises(StackError, match="a broke\nb broke"):
        Store(tmp_path, silent).provide(parts)


@pytest.mark.parametrize(
    ("printed", "taken"), [("engine 1.4.2", True), ("v0.9", False), ("2.0.0", False), ("?", False)]
)
def test_a_program_on_the_path_is_taken_only_in_a_supported_version(
    printed: str, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "engine"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '{printed}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    wanted = part(FakeRecipe(), version_arguments=["--version"], oldest=(1, 0), before=(2,))

    found = Store(tmp_path, silent).program(wanted)

    assert (found == program) is taken


def test_the_cache_follows_the_desktops_conventions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")

    assert default_root() == Path("/caches/stowage")
