import string
from functools import partial

import pytest

from tests.fakes.user_service_house import COMMON_PASSWORDS
from user_service.adapters.zxcvbn.common_passwords import common_passwords
from user_service.domain import password
from user_service.domain.errors import PasswordUnacceptable
from user_service.domain.password import MAX_LENGTH, MIN_LENGTH, Password, presented_password

new_password = partial(password.new_password, email="ada.lovelace@example.com", common=COMMON_PASSWORDS)
LONG = (string.ascii_letters + string.digits) * 3


@pytest.mark.parametrize(
    "typed",
    [
        "12121314",
        LONG[:MAX_LENGTH],
        "pass word with spaces",
        "пароль паролъ",
        "🔑🔒🔓🔐🗝🛡🧿🪪",
        "\u202edrow ssap\u202c",
    ],
)
def test_eight_to_128_characters_of_any_kind_are_taken(typed: str) -> None:
    assert new_password(typed).text == typed


@pytest.mark.parametrize(
    "typed", ["", "1213141", "🔑🔒🔓🔐🗝🛡🧿", LONG[: MAX_LENGTH + 1], LONG * 100_000, "\ufdfa" * 100]
)
def test_shorter_and_longer_ones_are_refused(typed: str) -> None:
    with pytest.raises(PasswordUnacceptable, match="characters"):
        new_password(typed)


def test_characters_are_counted_after_normalisation() -> None:
    eight_that_become_four = "e\u0301" * 4
    with pytest.raises(PasswordUnacceptable, match="at least 8"):
        new_password(eight_that_become_four)


def test_every_spelling_of_a_password_is_the_same_password() -> None:
    composed, decomposed, wide = "caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301", "ｃａｆé café"
    assert new_password(composed) == new_password(decomposed) == presented_password(wide)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(PasswordUnacceptable, match="whole"):
        new_password("half a \ud83d key")


@pytest.mark.parametrize("typed", ["password1", "PassWord1", "ｐａｓｓｗｏｒｄ１"])
def test_common_passwords_are_refused_in_any_spelling(typed: str) -> None:
    with pytest.raises(PasswordUnacceptable, match="guessed first"):
        new_password(typed)


@pytest.mark.parametrize(
    "typed", ["aaaaaaaa", "x" * 128, "abababab", "hunter2hunter2", "abcdefgh", "98765432"]
)
def test_repetitions_and_rows_are_refused(typed: str) -> None:
    with pytest.raises(PasswordUnacceptable, match="repeated"):
        new_password(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "stowage2026!",
        "Stowage stowage",
        "ada.lovelace@example.com",
        "Lovelace1815",
        "lovelace.ada!",
        "example-example",
        "a1b2c3d4e5stowage",
    ],
)
def test_what_everybody_knows_of_the_account_counts_for_nothing(typed: str) -> None:
    with pytest.raises(PasswordUnacceptable, match="Beside your e-mail"):
        new_password(typed)


def test_a_long_password_may_name_the_service_or_its_owner() -> None:
    assert new_password("ada keeps her engines in stowage")


@pytest.mark.parametrize(
    "typed", ["password", "12345678", "qwertyuiop", "1q2w3e4r5t", "iloveyou", "trustno1", "understanding"]
)
def test_the_list_holds_what_leaks_and_dictionaries_hold(typed: str) -> None:
    assert typed in common_passwords()


def test_the_list_holds_thousands_and_none_that_is_too_short_anyway() -> None:
    known = common_passwords()
    assert len(known) > 25_000
    assert min(map(len, known)) == MIN_LENGTH
    assert all(each == each.casefold() for each in known)


def test_a_passphrase_is_not_on_the_list() -> None:
    assert "correct horse battery staple" not in common_passwords()


def test_a_presented_password_may_break_rules_that_were_made_later() -> None:
    assert presented_password("short") == Password("short")


@pytest.mark.parametrize("typed", ["x" * 129, "x" * 10_000_000])
def test_a_presented_password_that_nobody_can_have_is_not_compared(typed: str) -> None:
    assert presented_password(typed) is None


def test_a_password_does_not_show_itself() -> None:
    assert "secret" not in repr(Password("secret secret"))
