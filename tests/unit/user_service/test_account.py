import pytest

from user_service.domain.account import display_name_of
from user_service.domain.errors import DisplayNameInvalid
from user_service.domain.session import device_name_of


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Ada ", "Ada"),
        ("", ""),
        ("A\u0308da", "\u00c4da"),
        ("👩\u200d💻 Ada", "👩\u200d💻 Ada"),
        ("x" * 100, "x" * 100),
    ],
)
def test_a_display_name_is_trimmed_and_composed(typed: str, shown: str) -> None:
    assert display_name_of(typed) == shown


@pytest.mark.parametrize("typed", ["x" * 101, "x" * 10_000_000, "a\nb", "a\x00b", "a\u2028b", "a\ud800b"])
def test_a_display_name_is_one_short_line(typed: str) -> None:
    with pytest.raises(DisplayNameInvalid):
        display_name_of(typed)


def test_a_device_name_is_made_fit_rather_than_refused() -> None:
    assert device_name_of(" stowage\n on \x00laptop ") == "stowage on laptop"
    assert len(device_name_of("x" * 10_000)) == 100
    assert device_name_of("\ud800") == ""
