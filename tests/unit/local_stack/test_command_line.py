"""What somebody sees who types a command, before anything runs."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from local_stack.__main__ import app, duration, main
from local_stack.home import Home

COMMANDS = ("up", "down", "restart", "status", "logs", "reset", "migrate", "env", "engines")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("STOWAGE_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


def run(*arguments: str, answer: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, arguments, input=answer)
    return done.exit_code, done.output


def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    monkeypatch.setattr("sys.argv", ["local_stack", *arguments])
    with pytest.raises(SystemExit, match="1"):
        main()
    return capsys.readouterr().err


def test_help_names_every_command_and_what_may_be_set() -> None:
    _, shown = run("--help")

    assert not [name for name in (*COMMANDS, "STOWAGE_PORT", "STOWAGE_HOME", "ENGINE") if name not in shown]


def test_status_before_the_first_start_says_what_to_do(home: Home) -> None:
    assert run("status") == (1, "Nothing was started yet: make up\n")


def test_down_without_anything_running_changes_nothing(home: Home) -> None:
    code, _ = run("down")

    assert code == 0
    assert not home.root.exists()


def test_reset_asks_and_takes_no_for_an_answer(home: Home) -> None:
    home.make()
    (home.data / "blob").touch()

    code, shown = run("reset", answer="n\n")

    assert code == 1
    assert f"Delete everything that is in {home.root}?" in shown
    assert (home.data / "blob").exists()


def test_reset_deletes_when_told_yes(home: Home) -> None:
    home.make()
    (home.data / "blob").touch()

    code, _ = run("reset", "--yes")

    assert code == 0
    assert not home.data.exists()


@pytest.mark.parametrize("command", [("logs",), ("restart",), ("env", "user_service")])
def test_commands_about_processes_say_what_to_do_first(
    command: tuple[str, ...], home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "nothing was started" in said(capsys, monkeypatch, *command)


def test_an_impossible_port_is_explained(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STOWAGE_PORT", "front")

    assert "STOWAGE_PORT=front is not a port" in said(capsys, monkeypatch, "up")


def test_an_unknown_engine_is_explained(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "choose one of: dynoxide, dynamodb-local" in said(
        capsys, monkeypatch, "engines", "--engine", "oracle"
    )


@pytest.mark.parametrize(
    ("seconds", "words"), [(5.2, "0 min 5 s"), (125, "2 min 5 s"), (7500, "2 h 5 min"), (200000, "2 d 7 h")]
)
def test_an_uptime_is_told_in_two_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words
