"""Secrets are drawn once, private, and stand in plans by reference only."""

import hashlib
import stat
from pathlib import Path

import pytest

from local_stack.vault import Vault, reference


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = Vault(tmp_path)
    vault.fill()
    return vault


def content(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_secrets_are_drawn_once(vault: Vault, tmp_path: Path) -> None:
    before = content(tmp_path)

    vault.fill()

    assert content(tmp_path) == before


def test_no_two_secrets_and_no_two_stacks_are_alike(
    vault: Vault, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Vault(tmp_path_factory.mktemp("other"))
    other.fill()

    drawn = [*content(vault.folder).values(), *content(other.folder).values()]
    assert len(set(drawn)) == len(drawn)


def test_only_the_owner_can_read_them(vault: Vault, tmp_path: Path) -> None:
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.rglob("*") if file.is_file()} == {0o600}
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.rglob("*") if file.is_dir()} == {0o700}


def test_a_service_finds_its_own_secrets_only(vault: Vault) -> None:
    assert set(content(vault.folder / "file-metadata-service")) == {"stowage_id_secret"}
    assert set(content(vault.folder / "api-gateway")) == set()


def test_redis_is_given_the_passwords_hash(vault: Vault) -> None:
    password = vault.read("engines/redis_password")

    assert password not in vault.redis_acl.read_text()
    assert hashlib.sha256(password.encode()).hexdigest() in vault.redis_acl.read_text()


def test_a_reference_is_replaced_where_it_stands(vault: Vault) -> None:
    password = vault.read("engines/redis_password")

    assert (
        vault.resolve(f"redis://:{reference('engines/redis_password')}@host/0")
        == f"redis://:{password}@host/0"
    )
