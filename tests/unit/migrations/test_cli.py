"""The command line before it reaches a database."""

import pytest
from typer.testing import CliRunner

from migrations.cli import app_for

CREATE = ["create", "--table-name", "t", "--primary-key", "id"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([*CREATE, "--local-index", "a"], "10 GB"),
        (["update", "--table-name", "t", "--local-index", "a"], "10 GB"),
        ([*CREATE, "--range-key", "at:X"], "NAME:N"),
        ([*CREATE, "--index", ":x"], "PARTITION:SORT"),
        ([*CREATE, "--index", "x:"], "PARTITION:SORT"),
        (["create", "--table-name", "t"], "--primary-key"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(app_for("user_service"), arguments, env={"COLUMNS": "300"})

    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize("command", [[], ["create", "--help"], ["update", "--help"], ["up", "--help"]])
def test_help_helps(command: list[str]) -> None:
    result = CliRunner().invoke(app_for("user_service"), command, env={"COLUMNS": "120"})

    assert "Usage" in result.output


def test_help_gives_the_original_s_command_and_says_why_there_are_no_local_indexes() -> None:
    output = CliRunner().invoke(app_for("user_service"), ["create", "--help"], env={"COLUMNS": "200"}).output

    assert "create --table-name users --primary-key ID --range-key email --index email" in " ".join(
        output.split()
    )
    assert "10 GB" in output
