"""Chromium is whatever this machine has; only root installs it, and everybody else is told how."""

import os
from pathlib import Path

import pytest

from local_stack.errors import StackError
from local_stack.parts.chromium import FromDebian, provide_chromium
from local_stack.parts.store import Store
from tests.unit.local_stack.test_recipes import FakeRun


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache", lambda *_: None)


@pytest.fixture
def empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.mark.parametrize("name", ["chromium", "google-chrome"])
def test_any_that_is_there_will_do(store: Store, empty_path: Path, name: str) -> None:
    (empty_path / name).write_text("#!/bin/sh\n")
    (empty_path / name).chmod(0o755)

    assert provide_chromium(store) == empty_path / name


@pytest.mark.usefixtures("empty_path")
def test_where_it_cannot_be_installed_it_is_said_what_to_do(store: Store) -> None:
    with pytest.raises(StackError, match="install Chromium or Chrome, so that one of them is on PATH"):
        provide_chromium(store)


def test_it_is_the_distributions_own_and_the_cache_holds_a_link(tmp_path: Path) -> None:
    run = FakeRun(tmp_path, leaves={})

    FromDebian().install(tmp_path, run)

    assert [argv[:2] for argv in run.ran] == [["apt-get", "update"], ["apt-get", "install"]]
    assert os.readlink(tmp_path / "chromium") == "/usr/bin/chromium"
