"""Containers are dealt their secrets: each what it may know, all of one authority."""

import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from local_stack.composition import CATALOGUE
from local_stack.containers.dealing import deal, renew
from local_stack.pki import CA_LIFE, ensure_certificates
from local_stack.vault import SERVICES

ROOT = Path(__file__).parents[3]


@pytest.fixture
def hands(tmp_path: Path) -> Path:
    for name in ("keep", *(f"hands/{name}" for name in (*SERVICES, "redis", "s3"))):
        (tmp_path / name).mkdir(parents=True)
    deal(tmp_path / "keep", tmp_path / "hands", redis="redis:6379")
    return tmp_path / "hands"


def content(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_every_service_is_known_to_the_vault() -> None:
    assert {service.name for service in CATALOGUE} == set(SERVICES)


@pytest.mark.parametrize(
    ("name", "secrets"),
    [
        ("api-gateway", {"redis_url"}),
        ("user-service", {"redis_url", "stowage_refresh_secret"}),
        ("file-metadata-service", {"redis_url", "stowage_id_secret"}),
        ("file-upload-service", {"stowage_id_secret", "s3_access_key_id", "s3_secret_access_key"}),
    ],
)
def test_a_service_gets_its_own_secrets_and_its_own_certificate(
    name: str, secrets: set[str], hands: Path
) -> None:
    assert set(content(hands / name)) == secrets | {"ca.pem", f"{name}.pem", f"{name}.key"}
    authority = x509.load_pem_x509_certificate((hands / name / "ca.pem").read_bytes())
    own = x509.load_pem_x509_certificate((hands / name / f"{name}.pem").read_bytes())
    own.verify_directly_issued_by(authority)


def test_an_engine_gets_what_it_asks_for_at_its_door(hands: Path) -> None:
    assert set(content(hands / "redis")) == {"redis.acl", "redis_password"}
    assert set(content(hands / "s3")) == {"s3_root_access_key_id", "s3_root_secret_access_key"}


def test_those_who_use_redis_know_its_password(hands: Path) -> None:
    password = (hands / "redis/redis_password").read_text()

    assert (hands / "api-gateway/redis_url").read_text() == f"redis://:{password}@redis:6379/0"


def test_dealing_again_changes_nothing(hands: Path) -> None:
    before = content(hands)

    assert deal(hands.parent / "keep", hands, redis="redis:6379") == []

    assert content(hands) == before


def test_a_lost_hand_is_dealt_again(hands: Path) -> None:
    before = content(hands)
    for file in (hands / "user-service").iterdir():
        file.unlink()

    deal(hands.parent / "keep", hands, redis="redis:6379")

    assert content(hands) == before


def test_only_the_owner_can_read_them(hands: Path) -> None:
    modes = {stat.S_IMODE(file.stat().st_mode) for file in hands.rglob("*") if file.is_file()}
    assert modes == {0o600}


def test_the_storage_container_needs_nothing_but_the_standard_library() -> None:
    subprocess.run(
        [sys.executable, "-S", "-c", "import local_stack.containers.storage"], cwd=ROOT, check=True
    )


def trusted(hands: Path) -> set[bytes]:
    return {(hands / service / "ca.pem").read_bytes() for service in SERVICES}


def test_a_new_authority_is_dealt_before_it_signs_and_the_old_one_until_nobody_uses_it(hands: Path) -> None:
    keep = hands.parent / "keep"
    seen: list[tuple[int, bool]] = []
    before = {service: (hands / service / f"{service}.pem").read_bytes() for service in SERVICES}

    def pause() -> None:
        (bundle,) = trusted(hands)
        own = {service: (hands / service / f"{service}.pem").read_bytes() for service in SERVICES}
        seen.append((bundle.count(b"BEGIN"), own == before))

    renew(keep, hands, authority=True, pause=pause)
    (bundle,) = trusted(hands)
    assert seen == [(2, True), (2, False)]
    assert bundle.count(b"BEGIN") == 1


def test_certificates_are_renewed_without_a_pause(hands: Path) -> None:
    before = (hands / "user-service" / "user-service.key").read_bytes()
    renew(hands.parent / "keep", hands, authority=False, pause=lambda: pytest.fail("nobody need wait"))
    assert (hands / "user-service" / "user-service.key").read_bytes() != before


def test_to_renew_near_the_authoritys_end_deals_both_meanwhile(hands: Path) -> None:
    tls = hands.parent / "keep" / "tls"
    for file in tls.iterdir():
        file.unlink()
    ensure_certificates(tls, SERVICES, now=datetime.now(UTC) - CA_LIFE + timedelta(days=60))
    counts: list[int] = []

    def pause() -> None:
        (bundle,) = trusted(hands)
        counts.append(bundle.count(b"BEGIN"))

    renew(hands.parent / "keep", hands, authority=False, pause=pause)
    assert counts == [2, 2]
