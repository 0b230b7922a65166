from pathlib import Path

import pytest

from chassis.settings import load
from user_service.domain.attempts import AttemptLimits, Limit
from user_service.settings import UserSettings


@pytest.fixture(autouse=True)
def _needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STOWAGE_TOKEN_KEYS_DIR", str(tmp_path))
    monkeypatch.setenv("STOWAGE_REFRESH_SECRET", "s" * 64)


def test_by_default_the_limits_are_the_domain_s(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(UserSettings).attempt_limits == AttemptLimits()


def test_a_limit_is_said_as_burst_and_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOWAGE_THROTTLE_ADDRESS", "1000/60")
    assert load(UserSettings).attempt_limits.per_address == Limit(1000, 60)


@pytest.mark.parametrize(
    "text", ["", "many", "10", "10/", "0/60", "-1/60", "10/0", "10/nan", "10/inf", "1/2/3"]
)
def test_a_limit_that_makes_no_sense_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("STOWAGE_THROTTLE_PAIR", text)
    with pytest.raises(SystemExit, match="STOWAGE_THROTTLE_PAIR"):
        load(UserSettings)


def test_a_secret_that_is_too_short_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOWAGE_REFRESH_SECRET", "tiny-secret")
    with pytest.raises(SystemExit, match="STOWAGE_REFRESH_SECRET") as refusal:
        load(UserSettings)
    assert "tiny-secret" not in str(refusal.value)


def test_hashing_leaves_the_loop_a_core_where_there_are_several() -> None:
    settings = load(UserSettings)
    assert settings.hashing_threads >= 1
    assert settings.model_copy(update={"argon2_threads": 7}).hashing_threads == 7
