import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from file_metadata_service.domain.errors import NameInvalid
from file_metadata_service.domain.names import (
    JOINT,
    NAME_MAX_BYTES,
    NodeKind,
    check_name,
    collation,
    entry_key,
    name_key,
    numbered,
)

names = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="/"), min_size=1, max_size=80
)


@pytest.mark.parametrize("name", ["a", "Ä.txt", "x" * 255, "…", " ", "a\u00a0b", "con", "🂡"])
def test_a_name_of_1_to_255_bytes_is_good(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a\0", "a\u0001", "a\n", "\u0085", "\ud800", "x" * 256, "ä" * 128]
)
def test_what_no_file_system_could_hold_is_refused(name: str) -> None:
    with pytest.raises(NameInvalid):
        check_name(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("README", "readme"), ("Stra\u00dfe", "STRASSE"), ("a\u0308", "\u00c4"), ("\u212b", "\u00e5")],
)
def test_names_that_differ_by_case_or_unicode_form_are_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_names_that_differ_by_an_accent_are_different_but_stand_side_by_side() -> None:
    assert name_key("Äpfel") != name_key("Apfel")
    assert collation(name_key("Äpfel")) == collation(name_key("Apfel"))


def test_names_sort_as_people_expect() -> None:
    expected = ["Apfel", "Äpfel", "file1", "file2", "file010", "file10b", "Photos", "Photos 2023", "Photos#1"]
    assert sorted(set(expected), key=lambda name: entry_key(NodeKind.FILE, name)) == expected


def test_folders_come_before_files() -> None:
    assert entry_key(NodeKind.FOLDER, "z") < entry_key(NodeKind.FILE, "a")


@given(names)
def test_an_entry_key_fits_into_a_sort_key_and_its_parts_stay_apart(name: str) -> None:
    while len(name.encode()) > NAME_MAX_BYTES:
        name = name[:-1]
    key = entry_key(NodeKind.FILE, name)
    assert len(key.encode()) <= 1024
    assert key.count(JOINT) == 2


@given(names)
def test_case_and_form_never_change_the_key(name: str) -> None:
    key = name_key(name)
    assert key == name_key(unicodedata.normalize("NFD", name)) == name_key(unicodedata.normalize("NFC", name))
    assert name.casefold() != name or key == name_key(name.casefold())


def test_the_longest_key_still_fits() -> None:
    worst = "\U0001d160" * 63
    assert len(entry_key(NodeKind.FILE, worst).encode()) <= 1024


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("a.txt", NodeKind.FILE, "a (2).txt"),
        ("a.tar.gz", NodeKind.FILE, "a.tar (2).gz"),
        (".bashrc", NodeKind.FILE, ".bashrc (2)"),
        ("a.", NodeKind.FILE, "a. (2)"),
        ("v1.2", NodeKind.FOLDER, "v1.2 (2)"),
    ],
)
def test_a_number_goes_before_the_extension(name: str, kind: NodeKind, expected: str) -> None:
    assert numbered(name, 2, kind) == expected


def test_a_numbered_name_is_cut_to_what_a_name_may_hold() -> None:
    name = numbered("ä" * 125 + ".text", 12345, NodeKind.FILE)
    assert check_name(name).endswith(" (12345).text")
