"""How names are taken apart, and how well they answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import InvalidArgument
from file_metadata_service.domain.file_classes import FileClass, class_of
from file_metadata_service.domain.search import Grade, query_of
from file_metadata_service.domain.words import fold, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("IMG_2023-05.jpg", "img 2023 05 jpg"),
        ("CamelCase", "camelcase"),
        ("Straße.txt", "strasse txt"),
        ("İSTANBUL ısparta", "istanbul isparta"),
        ("E\u0301te\u0301 Ångström", "ete angstrom"),
        ("Łódź Ærø œuvre", "lodz aero oeuvre"),
        ("ﬁle½", "file 1 2"),
        ("東京タワー2023.png", "東 京 タ ワ ー 2023 png"),
        ("ガレージ", "ガ レ ー ジ"),
        ("보고서.pdf", "보 고 서 pdf"),
        ("Отчёт Итог", "отчет итог"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("🎉party", "🎉 party"),
        ("हिन्दी", "हिनदी"),
        ("... --- (!)", ""),
    ],
)
def test_a_name_is_taken_apart_into_folded_words(name: str, words: str) -> None:
    assert " ".join(words_of(name).words) == words


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("CamelCase", "camel case"),
        ("HTTPServer2Go.tar.gz", "http server 2 go tar gz"),
        ("naïveÉcole", "naive ecole"),
        ("iPhone", "i phone"),
        ("ALLCAPS.TXT", "allcaps txt"),
    ],
)
def test_where_case_shows_a_seam_there_are_parts(name: str, parts: str) -> None:
    assert " ".join(words_of(name).parts) == parts


@given(st.text(max_size=40))
def test_words_hold_no_sign_of_ascii_and_fold_to_themselves(name: str) -> None:
    words = words_of(name)

    for word in (*words.words, *words.parts):
        assert word
        assert all(it.isalnum() or not it.isascii() for it in word)
    assert fold(fold(name)) == fold(name)


@given(st.text(max_size=30))
def test_whoever_asks_for_a_name_finds_it_exactly(name: str) -> None:
    query = query_of(name)

    assert query is None or query.grade(name.strip()) is Grade.EXACT


@pytest.mark.parametrize(
    ("asked", "name", "grade"),
    [
        ("report.pdf", "Report.PDF", Grade.EXACT),
        ("strasse", "STRAßE", Grade.EXACT),
        ("istanbul", "İstanbul", Grade.EXACT),
        ("rep", "Report.pdf", Grade.PREFIX),
        ("img 20", "IMG_2023-05.jpg", Grade.PREFIX),
        ("2023", "IMG_2023-05.jpg", Grade.WORDS),
        ("05 img", "IMG_2023-05.jpg", Grade.WORDS),
        ("img2023", "holiday IMG_2023.jpg", Grade.WORDS),
        ("case", "CamelCase.txt", Grade.WORDS),
        ("CamelCase", "the camel case", Grade.WORDS),
        ("camelcase", "my CamelCase", Grade.WORDS),
        ("jp", "IMG_2023-05.jpg", Grade.BEGINNINGS),
        ("タワー", "東京タワー2023.png", Grade.WORDS),
        ("京タ", "東京タワー2023.png", Grade.WORDS),
        ("東京20", "新東京2023.png", Grade.BEGINNINGS),
        ("--", "--x", Grade.PREFIX),
        ("port", "report.pdf", None),
        ("img 2024", "IMG_2023-05.jpg", None),
        ("img2023", "IMG_1 2023.jpg", None),
    ],
)
def test_a_name_answers_a_query_with_a_grade(asked: str, name: str, grade: Grade | None) -> None:
    query = query_of(asked)

    assert query is not None
    assert query.grade(name) is grade


@pytest.mark.parametrize("asked", ["x" * 256, " ".join(f"word{number}x" for number in range(17))])
def test_a_query_has_bounds(asked: str) -> None:
    with pytest.raises(InvalidArgument):
        query_of(asked)


@pytest.mark.parametrize(
    ("name", "content_type", "expected"),
    [
        ("a.bin", "image/png", FileClass.IMAGE),
        ("a.JPG", "application/octet-stream", FileClass.IMAGE),
        ("film.mkv", "", FileClass.VIDEO),
        (
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            FileClass.DOCUMENT,
        ),
        ("song", "audio/mpeg", FileClass.AUDIO),
        ("a.tar.gz", "application/octet-stream", FileClass.ARCHIVE),
        ("notes", "text/plain; charset=utf-8", FileClass.DOCUMENT),
        ("core", "application/octet-stream", FileClass.OTHER),
    ],
)
def test_a_file_has_a_class_by_its_content_type_else_its_extension(
    name: str, content_type: str, expected: FileClass
) -> None:
    assert class_of(name, content_type) is expected
