"""What browsers are told about a download."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from file_upload_service.domain.transfer import (
    DEFAULT_CONTENT_TYPE,
    content_disposition,
    valid_content_type,
)

HEADER = re.compile(r"(inline|attachment); filename=\"([ !#-\[\]-~]*)\"; filename\*=UTF-8''([!-~]*)")


@given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=255))
def test_no_name_can_leave_its_place_in_the_header(name: str) -> None:
    header = content_disposition(name, "text/html")

    match = HEADER.fullmatch(header)
    assert match
    assert unquote(match[3]) == name
    assert not set('\r\n"\\;') & set(match[3])


def test_a_hostile_name_stays_a_name() -> None:
    header = content_disposition('a"; filename="evil.exe\r\nSet-Cookie: x=1', "text/plain")

    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2


def test_names_in_other_languages_travel_percent_encoded() -> None:
    header = content_disposition("Übergröße €.pdf", "application/pdf")

    assert header == (
        "inline; filename=\"_bergr__e _.pdf\"; filename*=UTF-8''%C3%9Cbergr%C3%B6%C3%9Fe%20%E2%82%AC.pdf"
    )


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/javascript", ""],
)
def test_what_could_hold_a_script_is_saved_not_shown(content_type: str) -> None:
    assert content_disposition("x", content_type).startswith("attachment;")


@pytest.mark.parametrize("content_type", ["image/png", "IMAGE/PNG", "text/plain; charset=utf-8"])
def test_what_a_browser_shows_without_harm_is_shown(content_type: str) -> None:
    assert content_disposition("x", content_type).startswith("inline;")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "text/plain;charset=utf-8", 'multipart/mixed; boundary="a b"', "application/vnd.x+json"],
)
def test_a_content_type_that_fits_a_header_is_kept(content_type: str) -> None:
    assert valid_content_type(content_type) == content_type


@pytest.mark.parametrize(
    "content_type",
    ["", "text", "text/", "text/plain\r\nX: y", "text/plain; a", "té/xt", "a/" + "b" * 300],
)
def test_a_content_type_that_does_not_is_forgotten(content_type: str) -> None:
    assert valid_content_type(content_type) == DEFAULT_CONTENT_TYPE
