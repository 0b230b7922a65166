import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jose import jwt

from chassis.errors import Unauthenticated, Unavailable
from chassis.tokens import TokenVerifier
from tests.fakes.user_service import FakeClock
from user_service.adapters.jose.key_files import create_first_key, list_keys
from user_service.adapters.jose.keyring import PemKeyring
from user_service.domain.ids import AccountId, SessionId
from user_service.domain.key_schedule import new_key_id

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
ACCOUNT, SESSION = AccountId("aa" * 16), SessionId("bb" * 16)
PKCS8, PEM = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
PLAIN = serialization.NoEncryption()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def add_key(directory: Path, key_id: str) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(PEM, PKCS8, PLAIN)
    (directory / f"{key_id}.pem").write_bytes(pem)


def remove(directory: Path) -> None:
    directory.rename(directory.with_name("elsewhere"))


def sign(keyring: PemKeyring, *, at: datetime = NOW) -> str:
    return keyring.sign(ACCOUNT, SESSION, issued_at=at, expires_at=at + timedelta(minutes=10))


def published(key_set: str) -> list[str]:
    return [key["kid"] for key in json.loads(key_set)["keys"]]


def verifier_of(keyring: PemKeyring) -> TokenVerifier:
    return TokenVerifier(keyring.key_set, clock=FakeClock(NOW).now, refetch_pause_seconds=0)


def test_the_first_key_is_made_once_and_only_its_owner_can_read_it(directory: Path) -> None:
    key_id = create_first_key(directory, NOW)
    assert create_first_key(directory, NOW) is None
    (file,) = list_keys(directory)
    assert file.key_id == key_id
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_of_many_who_make_the_first_key_at_once_one_does(directory: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: create_first_key(directory, NOW), range(16)))
    assert len([key_id for key_id in made if key_id]) == 1
    assert len(list_keys(directory)) == 1


async def test_a_token_is_proven_by_the_published_keys(directory: Path) -> None:
    create_first_key(directory, NOW)
    keyring = PemKeyring(directory, FakeClock(NOW))
    await keyring.reload()
    identity = await verifier_of(keyring).verify(sign(keyring))
    assert (identity.account_id, identity.session_id) == (ACCOUNT, SESSION)
    assert identity.expires_at == (NOW + timedelta(minutes=10)).replace(microsecond=0)


async def test_what_is_published_holds_no_private_key(directory: Path) -> None:
    create_first_key(directory, NOW)
    keyring = PemKeyring(directory, FakeClock(NOW))
    await keyring.reload()
    assert '"d"' not in await keyring.key_set()


async def test_a_new_key_is_published_before_it_signs_and_the_old_one_until_its_tokens_have_ended(
    directory: Path,
) -> None:
    clock = FakeClock(NOW)
    old = create_first_key(directory, NOW - timedelta(days=90))
    keyring = PemKeyring(directory, clock)
    await keyring.reload()
    old_token = sign(keyring)
    new = new_key_id(NOW + timedelta(minutes=5), "00000000")
    add_key(directory, new)
    assert published(await keyring.key_set()) == [old, new]
    assert jwt.get_unverified_header(sign(keyring))["kid"] == old

    new_token = sign(keyring, at=NOW + timedelta(minutes=5))
    assert jwt.get_unverified_header(new_token)["kid"] == new
    verifier = verifier_of(keyring)
    assert await verifier.verify(new_token)
    assert await verifier.verify(old_token)

    clock.advance(seconds=20 * 60)
    assert published(await keyring.key_set()) == [new]


async def test_an_instance_publishes_what_another_one_signs_with_already(directory: Path) -> None:
    create_first_key(directory, NOW - timedelta(days=90))
    signing, publishing = PemKeyring(directory, FakeClock(NOW)), PemKeyring(directory, FakeClock(NOW))
    await publishing.reload()
    add_key(directory, new_key_id(NOW, "00000000"))
    await signing.reload()
    assert await verifier_of(publishing).verify(sign(signing))


async def test_a_key_whose_file_is_gone_is_neither_used_nor_published(directory: Path) -> None:
    revoked = create_first_key(directory, NOW - timedelta(days=90))
    keyring = PemKeyring(directory, FakeClock(NOW))
    await keyring.reload()
    verifier, token = verifier_of(keyring), sign(keyring)
    await verifier.verify(token)
    other = new_key_id(NOW, "00000000")
    add_key(directory, other)
    (directory / f"{revoked}.pem").unlink()
    assert published(await keyring.key_set()) == [other]
    await verifier.refresh()
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)
    assert await verifier.verify(sign(keyring))


async def test_without_a_key_it_says_what_to_do_and_recovers(directory: Path) -> None:
    keyring = PemKeyring(directory, FakeClock(NOW))
    with pytest.raises(Unavailable, match="keys init"):
        await keyring.reload()
    with pytest.raises(Unavailable):
        sign(keyring)
    create_first_key(directory, NOW)
    await keyring.reload()
    assert sign(keyring)


async def test_keys_that_were_read_outlive_their_directory(directory: Path) -> None:
    create_first_key(directory, NOW)
    keyring = PemKeyring(directory, FakeClock(NOW))
    await keyring.reload()
    remove(directory)
    await keyring.reload()
    assert sign(keyring)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"rubbish",
        ec.generate_private_key(ec.SECP384R1()).private_bytes(PEM, PKCS8, PLAIN),
        rsa.generate_private_key(65537, 2048).private_bytes(PEM, PKCS8, PLAIN),
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            PEM, PKCS8, serialization.BestAvailableEncryption(b"secret")
        ),
    ],
    ids=["empty", "rubbish", "P-384", "RSA", "encrypted"],
)
async def test_a_file_that_is_no_key_of_ours_is_passed_over(directory: Path, content: bytes) -> None:
    key_id = create_first_key(directory, NOW)
    (directory / "20200101T000000Z-00000000.pem").write_bytes(content)
    keyring = PemKeyring(directory, FakeClock(NOW))
    await keyring.reload()
    assert await verifier_of(keyring).verify(sign(keyring))
    assert str(key_id) in await keyring.key_set()


async def test_a_file_that_is_still_being_written_is_not_seen(directory: Path) -> None:
    create_first_key(directory, NOW)
    (directory / ".20300101T000000Z-00000000.pem").write_bytes(b"half")
    assert len(list_keys(directory)) == 1
