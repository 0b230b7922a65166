import base64

import pytest

from user_service.domain.errors import RefreshTokenInvalid
from user_service.domain.ids import AccountId, SessionId
from user_service.domain.refresh_tokens import RefreshToken, RefreshTokenMint

ACCOUNT = AccountId("aa" * 16)
SESSION = SessionId("bb" * 16)
MINT = RefreshTokenMint(b"server secret")


@pytest.fixture
def token() -> RefreshToken:
    return MINT.first(ACCOUNT, SESSION, bytes(range(32)))


def test_a_token_names_account_and_session(token: RefreshToken) -> None:
    read = MINT.read(token.text)
    assert (read.account_id, read.session_id, read.hash) == (ACCOUNT, SESSION, token.hash)


def test_a_successor_is_the_same_each_time_and_for_each_instance(token: RefreshToken) -> None:
    other_instance = RefreshTokenMint(b"server secret")
    assert MINT.successor(token) == other_instance.successor(MINT.read(token.text))


def test_a_successor_is_a_token_of_the_same_session_with_another_secret(token: RefreshToken) -> None:
    successor = MINT.read(MINT.successor(token).text)
    assert (successor.account_id, successor.session_id) == (ACCOUNT, SESSION)
    assert successor.hash != token.hash


def test_without_the_server_secret_nobody_knows_the_successor(token: RefreshToken) -> None:
    assert MINT.successor(token).text != RefreshTokenMint(b"another").successor(token).text


@pytest.mark.parametrize("position", [0, 15, 16, 31, 32, 63, 64, 80])
def test_a_token_with_any_byte_changed_was_never_ours(token: RefreshToken, position: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(token.text))
    raw[position] ^= 1
    with pytest.raises(RefreshTokenInvalid):
        MINT.read(base64.urlsafe_b64encode(raw).decode())


@pytest.mark.parametrize("text", ["", "x", "x" * 108, "é" * 108, "=" * 108, " " * 108, "x" * 10_000_000])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(RefreshTokenInvalid):
        MINT.read(text)


def test_a_token_of_another_server_secret_is_refused(token: RefreshToken) -> None:
    with pytest.raises(RefreshTokenInvalid):
        RefreshTokenMint(b"another").read(token.text)


def test_another_spelling_of_the_same_token_is_the_same_token() -> None:
    token = MINT.first(ACCOUNT, SESSION, b"\xff" * 32)
    assert "_" in token.text
    assert MINT.read(token.text.replace("_", "/").replace("-", "+")).hash == token.hash


def test_a_command_is_recognised_by_address_and_id_together() -> None:
    assert MINT.command_hash("a@b.c", "1") == MINT.command_hash("a@b.c", "1")
    assert MINT.command_hash("a@b.c", "1") != MINT.command_hash("a@b.c", "2")
    assert MINT.command_hash("a@b.c", "1") != RefreshTokenMint(b"another").command_hash("a@b.c", "1")


def test_neither_mint_nor_token_shows_its_secret(token: RefreshToken) -> None:
    assert "secret" not in repr(MINT).replace("server_secret", "")
    assert token.text not in repr(token)
