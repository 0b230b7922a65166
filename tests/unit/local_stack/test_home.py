"""A stack keeps to a folder of its own, and leaves what is not its own alone."""

import stat
from pathlib import Path

import pytest

from local_stack.errors import StackError
from local_stack.home import Home, default_home


def test_a_new_home_is_private(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")

    home.make()

    assert {
        stat.S_IMODE(folder.stat().st_mode) for folder in (home.root, home.data, home.secrets, home.run)
    } == {0o700}


def test_a_folder_with_other_peoples_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()

    with pytest.raises(StackError, match="holds files that are not Stowage's: set STOWAGE_HOME"):
        Home(tmp_path).make()

    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]


def test_erasing_leaves_what_the_stack_did_not_make(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    (home.root / "notes.txt").touch()
    (home.data / "blob").touch()

    home.erase()

    assert sorted(file.name for file in home.root.iterdir()) == [".stowage", "notes.txt"]


def test_an_erased_home_can_be_used_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    home.erase()

    home.make()

    assert home.data.is_dir()


def test_settings_are_read_from_a_file_of_the_operators(tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_text("# ours\n\nSTOWAGE_CORS_ORIGINS = https://a.example\nEMPTY=\n")
    home = Home(tmp_path)

    home.make()

    assert home.read_settings() == {"STOWAGE_CORS_ORIGINS": "https://a.example", "EMPTY": ""}


def test_a_line_that_sets_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_text("A=1\nexport B\n")

    with pytest.raises(StackError, match=r"settings\.env, line 2: write VARIABLE=value"):
        Home(tmp_path).read_settings()


def test_a_path_too_long_for_a_socket_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="too long a path"):
        Home(tmp_path / ("long" * 20)).make()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"STOWAGE_HOME": "/own"}, "/own"),
        ({"XDG_DATA_HOME": "/share"}, "/share/stowage"),
        ({"HOME": "/home/ada"}, "/home/ada/.local/share/stowage"),
    ],
)
def test_the_place_follows_the_desktops_conventions(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("STOWAGE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)

    assert default_home() == Path(expected)
