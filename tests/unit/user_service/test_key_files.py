"""Making, revoking and deleting token keys."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.user_service import FakeClock
from user_service.adapters.jose.key_files import (
    KeyUnknown,
    add_key,
    create_first_key,
    list_keys,
    prune_keys,
    revoke_key,
)
from user_service.domain.key_schedule import NOTICE, SLACK, signing, signs_from
from user_service.domain.tokens import ACCESS_TOKEN_LIFE

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def first(tmp_path: Path) -> str:
    key_id = create_first_key(tmp_path, NOW - timedelta(days=90))
    assert key_id
    return key_id


def ids(directory: Path) -> list[str]:
    return [file.key_id for file in list_keys(directory)]


def test_a_new_key_waits_until_everybody_knows_it(tmp_path: Path, first: str) -> None:
    added = add_key(tmp_path, NOW, NOTICE)
    assert added
    assert ids(tmp_path) == [first, added]
    assert signs_from(added) == NOW + NOTICE
    assert signing(ids(tmp_path), NOW) == first


def test_while_one_waits_no_other_is_made(tmp_path: Path, first: str) -> None:
    add_key(tmp_path, NOW, NOTICE)
    assert add_key(tmp_path, NOW + NOTICE / 2, NOTICE) is None
    assert add_key(tmp_path, NOW + NOTICE, NOTICE)
    assert len(ids(tmp_path)) == 3


def test_a_key_is_deleted_when_its_last_token_has_ended_and_not_before(tmp_path: Path, first: str) -> None:
    added = add_key(tmp_path, NOW, NOTICE)
    ended = NOW + NOTICE + ACCESS_TOKEN_LIFE + SLACK
    assert prune_keys(tmp_path, ended - timedelta(seconds=1)) == []
    assert prune_keys(tmp_path, ended) == [first]
    assert ids(tmp_path) == [added]


def test_the_last_key_is_never_pruned(tmp_path: Path, first: str) -> None:
    assert prune_keys(tmp_path, NOW + timedelta(days=9999)) == []


def test_a_revoked_signer_is_followed_at_once(tmp_path: Path, first: str) -> None:
    waiting = add_key(tmp_path, NOW, NOTICE)
    made = revoke_key(tmp_path, first, NOW)
    assert made
    assert ids(tmp_path) == [made, waiting]
    assert signing(ids(tmp_path), NOW) == made


def test_a_revoked_signer_is_never_followed_by_a_key_that_has_ended(tmp_path: Path, first: str) -> None:
    signer = add_key(tmp_path, NOW - timedelta(days=10), NOTICE)
    assert signer
    made = revoke_key(tmp_path, signer, NOW)
    assert made
    assert ids(tmp_path) == [made]


def test_a_revoked_signer_is_followed_by_a_new_key_though_the_former_one_is_believed(
    tmp_path: Path, first: str
) -> None:
    signer = add_key(tmp_path, NOW - NOTICE, NOTICE)
    assert signer
    made = revoke_key(tmp_path, signer, NOW)
    assert made
    assert ids(tmp_path) == [first, made]
    assert signing(ids(tmp_path), NOW) == made


def test_what_a_killed_one_left_of_a_key_is_removed_at_the_next_turn(tmp_path: Path, first: str) -> None:
    left, foreign = tmp_path / ".20260101T000000Z-00000000", tmp_path / ".nfs0001"
    left.write_text("a private key")
    foreign.write_text("not ours")
    prune_keys(tmp_path, NOW)
    assert not left.exists()
    assert foreign.exists()


def test_a_new_keys_name_is_on_the_disk_when_it_is_told(
    tmp_path: Path, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[int, list[str]]] = []
    monkeypatch.setattr(os, "fsync", lambda it: synced.append((os.fstat(it).st_ino, ids(tmp_path))))
    added = add_key(tmp_path, NOW, NOTICE)
    assert synced[-1] == (tmp_path.stat().st_ino, [first, added])


def test_of_a_key_that_does_not_sign_only_the_file_goes(tmp_path: Path, first: str) -> None:
    waiting = add_key(tmp_path, NOW, NOTICE)
    assert waiting
    assert revoke_key(tmp_path, waiting, NOW) is None
    assert ids(tmp_path) == [first]


@pytest.mark.parametrize("key_id", ["", "../user-service", "20260101T000000Z-00000000"])
def test_a_key_that_is_not_there_cannot_be_revoked(tmp_path: Path, first: str, key_id: str) -> None:
    with pytest.raises(KeyUnknown):
        revoke_key(tmp_path, key_id, NOW)
    assert ids(tmp_path) == [first]
