"""`python -m user_service keys …`, as an operator meets it."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from user_service.__main__ import app


class Keys:
    """The commands on one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def __call__(self, *arguments: str) -> list[str]:
        code, lines = self.attempt(*arguments)
        assert code == 0, lines
        return lines

    def attempt(self, *arguments: str) -> tuple[int, list[str]]:
        environment = {"STOWAGE_TOKEN_KEYS_DIR": str(self.directory)}
        done = CliRunner().invoke(app, ["keys", *arguments], env=environment)
        return done.exit_code, done.output.splitlines()


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    keys = Keys(tmp_path / "keys")
    keys("init")
    return keys


def key_id(line: str) -> str:
    return line.split()[0]


def test_a_rotation_shows_who_signs_and_who_will(keys: Keys) -> None:
    (signs,) = keys("list")
    assert signs.endswith("  signs")
    made, *listed = keys("rotate")
    assert listed[0] == signs
    assert re.fullmatch(r"made \S+", made)
    assert re.fullmatch(rf"{made.split()[1]}  signs from [-0-9]+ [:0-9]+ UTC", listed[1])


def test_a_second_rotation_waits_for_the_first(keys: Keys) -> None:
    keys("rotate")
    refusal, *listed = keys("rotate")
    assert refusal == "there is a key already that waits for its turn"
    assert len(listed) == 2


def test_after_its_turn_a_key_proves_for_as_long_as_its_tokens_live(keys: Keys) -> None:
    _made, former, present = keys("rotate", "--notice-seconds", "0")
    assert re.fullmatch(r"\S+  proves tokens until [-0-9]+ [:0-9]+ UTC", former)
    assert present.endswith("  signs")
    assert keys("prune") == ["nothing to delete"]


def test_what_nobody_believes_any_more_is_shown_and_deleted(keys: Keys) -> None:
    old, follower = (keys.directory / f"2020010{day}T000000Z-00000000.pem" for day in (1, 2))
    for file in (old, follower):
        file.write_bytes(b"")
    assert keys("list")[0] == f"{old.stem}  ended: nobody believes it any more"
    assert keys("prune") == [f"deleted {old.stem}"]
    assert not old.exists()


def test_a_revoked_key_is_gone_and_another_signs(keys: Keys) -> None:
    (signs,) = keys("list")
    said, listed = keys("revoke", key_id(signs))
    assert re.fullmatch(rf"revoked {key_id(signs)}, made \S+", said)
    assert listed == f"{said.split()[-1]}  signs"


def test_what_is_wrong_is_said_in_words(keys: Keys, tmp_path: Path) -> None:
    assert keys.attempt("revoke", "nothing")[1] == [f"nothing is no key in {keys.directory}."]
    code, (line,) = Keys(tmp_path / "nowhere").attempt("rotate")
    assert code == 1
    assert line.startswith("STOWAGE_TOKEN_KEYS_DIR: ")
