import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from user_service.domain.email import normalise_email
from user_service.domain.errors import EmailInvalid


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ada@example.com", "ada@example.com"),
        ("  Ada.Lovelace+films@Example.COM\n", "ada.lovelace+films@example.com"),
        ("STRASSE@straße.de", "strasse@strasse.de"),
        ("A\u0308da@example.com", "\u00e4da@example.com"),
        ("ada@bücher.example", "ada@bücher.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("o'hara/x=y@example.co.uk", "o'hara/x=y@example.co.uk"),
    ],
)
def test_an_address_is_stored_in_one_spelling(typed: str, stored: str) -> None:
    assert normalise_email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@example",
        "ada@@example.com",
        "a@b@example.com",
        "ada@.com",
        "ada@example..com",
        "ada@example.com.",
        "ada@-example.com",
        "ada@example-.com",
        "ada@exa_mple.com",
        "ada@[127.0.0.1]",
        ".ada@example.com",
        "ada.@example.com",
        "a..da@example.com",
        "a da@example.com",
        '"a da"@example.com',
        "ada,bob@example.com",
        "ada\x00@example.com",
        "ada\u200b@example.com",
        "ada\u202e@example.com",
        "ada\ud800@example.com",
        "ada@exam\u00a0ple.com",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(EmailInvalid):
        normalise_email(typed)


def address_of(*, local: int, total: int) -> str:
    labels, rest = [], total - local - 1 - len(".com")
    while rest > 0:
        labels.append("x" * min(63, rest))
        rest -= len(labels[-1]) + 1
    return f"{'a' * local}@{'.'.join(labels)}.com"


def test_254_bytes_are_taken_and_255_are_not() -> None:
    assert len(normalise_email(address_of(local=64, total=254))) == 254
    with pytest.raises(EmailInvalid):
        normalise_email(address_of(local=64, total=255))


def test_the_local_part_has_at_most_64_bytes_however_many_characters() -> None:
    assert normalise_email("ä" * 32 + "@example.com")
    with pytest.raises(EmailInvalid):
        normalise_email("ä" * 33 + "@example.com")


def test_a_label_has_at_most_63_bytes() -> None:
    with pytest.raises(EmailInvalid):
        normalise_email(f"ada@{'x' * 64}.com")


def test_megabytes_are_refused_before_they_cost_anything() -> None:
    with pytest.raises(EmailInvalid):
        normalise_email("a" * 10_000_000 + "@example.com")


@settings(deadline=None)  # the machine may be busy
@given(st.text(), st.text())
def test_the_stored_spelling_is_its_own_stored_spelling(local: str, domain: str) -> None:
    try:
        stored = normalise_email(f"{local}@{domain}.com")
    except EmailInvalid:
        return
    assert normalise_email(stored) == stored
    assert normalise_email(stored.upper().lower()) == normalise_email(stored.lower())
