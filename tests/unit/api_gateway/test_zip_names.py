"""Names in an archive: unique wherever it is unpacked, and leading nowhere else."""

import pytest

from api_gateway.domain.zip_names import UniqueNames, zip_name


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (["a.txt", "b.txt"], ["a.txt", "b.txt"]),
        (["a.txt", "a.txt", "a.txt"], ["a.txt", "a (2).txt", "a (3).txt"]),
        (["a (2).txt", "a.txt", "a.txt"], ["a (2).txt", "a.txt", "a (3).txt"]),
        (["Photo.JPG", "photo.jpg"], ["Photo.JPG", "photo (2).jpg"]),
        (["caf\u00e9", "cafe\u0301"], ["caf\u00e9", "cafe\u0301 (2)"]),
        (["a", "a."], ["a", "a. (2)"]),
        (["..\\up", "a\\b", "a＼b"], ["..＼up", "a＼b", "a＼b (2)"]),
        ([".. ", "...", ".hidden"], [".. _", "..._", ".hidden"]),
        (
            ["CON", "what?.txt", "a:b", "\u202egnp.exe", " "],
            ["CON", "what?.txt", "a:b", "\u202egnp.exe", " _"],
        ),
    ],
)
def test_what_names_become(names: list[str], taken: list[str]) -> None:
    unique = UniqueNames()
    assert [unique.take(name) for name in names] == taken


def test_an_archive_is_called_as_what_is_in_it() -> None:
    assert zip_name(["films"]) == "films.zip"
    assert zip_name(["films", "notes.txt"]) == "stowage.zip"
