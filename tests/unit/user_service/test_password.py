import pytest

from user_service.domain.errors import PasswordUnacceptable
from user_service.domain.password import Password, new_password, presented_password


@pytest.mark.parametrize("typed", ["12345678", "x" * 128, "pass word with spaces", "пароль пароль", "🔑" * 8])
def test_eight_to_128_characters_of_any_kind_are_taken(typed: str) -> None:
    assert new_password(typed).text == typed


@pytest.mark.parametrize("typed", ["", "1234567", "🔑" * 7, "x" * 129, "x" * 10_000_000, "\ufdfa" * 100])
def test_shorter_and_longer_ones_are_refused(typed: str) -> None:
    with pytest.raises(PasswordUnacceptable):
        new_password(typed)


def test_every_spelling_of_a_password_is_the_same_password() -> None:
    composed, decomposed, wide = "caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301", "ｃａｆé café"
    assert new_password(composed) == new_password(decomposed) == presented_password(wide)


def test_refused_passwords_are_refused_in_any_case() -> None:
    with pytest.raises(PasswordUnacceptable):
        new_password("PassWord1", refused={"password1"})


def test_a_presented_password_may_break_rules_that_were_made_later() -> None:
    assert presented_password("short") == Password("short")


@pytest.mark.parametrize("typed", ["x" * 129, "x" * 10_000_000])
def test_a_presented_password_that_nobody_can_have_is_not_compared(typed: str) -> None:
    assert presented_password(typed) is None


def test_a_password_does_not_show_itself() -> None:
    assert "secret" not in repr(Password("secret secret"))
