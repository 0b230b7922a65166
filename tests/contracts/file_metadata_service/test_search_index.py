"""What a search index promises: the one that looks at every name, and SQLite's."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from file_metadata_service.adapters.sqlite.search_index import SqliteSearchIndex
from file_metadata_service.domain.file_classes import FileClass
from file_metadata_service.domain.ids import BlobId, NodeId, own_drive, root_of
from file_metadata_service.domain.names import NodeKind
from file_metadata_service.domain.nodes import File, Folder, Node, Version
from file_metadata_service.domain.search import Filters, Hit, Question, query_of
from file_metadata_service.ports.search_index import Mark, SearchIndex
from tests.fakes.metadata_search import InMemorySearchIndex
from tests.fakes.metadata_service import ANN, BEN

DRIVE = own_drive(ANN.account_id)
ROOT = root_of(DRIVE)
MARK = Mark("j" * 32, 7, True)


@pytest.fixture(params=["memory", "sqlite"])
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SearchIndex]:
    if request.param == "memory":
        yield InMemorySearchIndex()
        return
    sqlite = SqliteSearchIndex(tmp_path, most_bytes=10**9)
    yield sqlite
    await sqlite.close()


def folder(name: str, parent: str = ROOT, *, seq: int = 1, at: int = 1_000, id: str = "") -> Folder:  # noqa: A002  # as the field is called
    return Folder(
        id=NodeId(id or name),
        drive_id=DRIVE,
        parent_id=NodeId(parent),
        name=name,
        revision=1,
        seq=seq,
        created_at_ms=at,
        updated_at_ms=at,
    )


def file(
    name: str,
    parent: str = ROOT,
    *,
    seq: int = 1,
    at: int = 1_000,
    size: int = 5,
    sort: str = "",
    id: str = "",  # noqa: A002  # as the field is called
) -> File:
    version = Version(1, BlobId("b"), size, sort, "c0" * 32, "p23", at, ANN)
    return File(
        id=NodeId(id or name),
        drive_id=DRIVE,
        parent_id=NodeId(parent),
        name=name,
        revision=1,
        seq=seq,
        created_at_ms=at,
        updated_at_ms=at,
        current=version,
    )


async def holding(index: SearchIndex, *nodes: Node) -> None:
    await index.begin(DRIVE, MARK)
    await index.put(DRIVE, nodes, MARK)


async def found(index: SearchIndex, text: str = "", *, page: int = 100, **filters: object) -> list[str]:
    """Names, by pages."""
    return [hit.node.name for hit in await hits(index, text, page=page, **filters)]


async def hits(index: SearchIndex, text: str = "", *, page: int = 100, **filters: object) -> list[Hit]:
    question = Question(query_of(text), Filters(**filters))  # type: ignore[arg-type]  # the tests know the fields
    gathered, start = list[Hit](), None
    while True:
        answer = await index.page(DRIVE, question, limit=page, start=start)
        assert len(answer.items) <= page
        gathered += answer.items
        start = answer.next_start
        if start is None:
            return gathered


async def test_nothing_is_known_of_a_drive_until_it_is_begun(index: SearchIndex) -> None:
    await index.put(DRIVE, [file("a")], MARK)

    assert await index.mark(DRIVE) is None
    assert await found(index, "a") == []


async def test_the_mark_is_the_last_one_put_and_of_that_drive_only(index: SearchIndex) -> None:
    await index.begin(DRIVE, Mark("j", 3, False))
    await index.put(DRIVE, [], Mark("j", 9, True))

    assert await index.mark(DRIVE) == Mark("j", 9, True)
    assert await index.mark(own_drive(BEN.account_id)) is None


async def test_beginning_again_forgets(index: SearchIndex) -> None:
    await holding(index, file("a"))

    await index.begin(DRIVE, MARK)

    assert await found(index) == []


async def test_a_hit_is_the_node_as_it_was_put_with_the_way_to_it(index: SearchIndex) -> None:
    outer, inner = folder("outer"), folder("inner", "outer")
    nested = replace(file("Report.pdf", "inner", sort="application/pdf", size=9), revision=3, created_at_ms=4)
    await holding(index, nested, inner, outer)

    assert await hits(index, "report") == [Hit(nested, (outer, inner))]


async def test_better_grades_come_first_and_then_the_last_changed(index: SearchIndex) -> None:
    names = ["my tax 2", "tax", "taxi tour", "old tax", "Tax plan", "the taxes"]
    await holding(index, *(file(name, at=1_000 + at) for at, name in enumerate(names)))

    expected = ["tax", "Tax plan", "taxi tour", "old tax", "my tax 2", "the taxes"]
    assert await found(index, "tax") == expected
    assert await found(index, "tax", page=1) == expected
    assert await found(index, "tax", page=2) == expected


async def test_filters_narrow(index: SearchIndex) -> None:
    await holding(
        index,
        folder("x folder", at=1_000),
        file("x.jpg", at=2_000, size=10),
        file("x clip", at=3_000, size=20, sort="video/mp4"),
        file("x notes.md", at=4_000, size=30),
    )

    assert await found(index, "x", kind=NodeKind.FOLDER) == ["x folder"]
    assert await found(index, "x", kind=NodeKind.FILE) == ["x notes.md", "x clip", "x.jpg"]
    assert await found(index, "x", file_class=FileClass.VIDEO) == ["x clip"]
    assert await found(index, "x", file_class=FileClass.IMAGE) == ["x.jpg"]
    assert await found(index, "x", min_size_bytes=20) == ["x notes.md", "x clip"]
    assert await found(index, "x", min_size_bytes=0, max_size_bytes=20) == ["x clip", "x.jpg"]
    assert await found(index, "x", after_ms=2_000, before_ms=4_000) == ["x clip", "x.jpg"]
    assert await found(index, kind=NodeKind.FILE) == ["x notes.md", "x clip", "x.jpg"]
    assert await found(index, file_class=FileClass.DOCUMENT) == ["x notes.md"]


async def test_below_a_folder_follows_where_it_is_moved(index: SearchIndex) -> None:
    await holding(index, folder("a"), folder("b"), folder("c", "a"), file("x", "c"), file("x2"))
    assert await found(index, "x", below="a") == ["x"]
    assert await found(index, "x", below=ROOT) == ["x", "x2"]

    await index.put(DRIVE, [folder("c", "b", seq=2)], MARK)

    assert await found(index, "x", below="a") == []
    assert await found(index, "x", below="b") == ["x"]


async def test_what_is_in_the_trash_or_below_it_is_not_found_until_it_is_restored(index: SearchIndex) -> None:
    await holding(index, folder("a"), folder("b", "a"), file("deep", "b"), file("lone"))
    trashed = (folder("a").trashed(at_ms=5, seq=2), file("lone").trashed(at_ms=5, seq=2))

    await index.put(DRIVE, trashed, MARK)
    hidden = await found(index)
    await index.put(DRIVE, [folder("a").restored(ROOT, "a", seq=3)], MARK)

    assert hidden == []
    assert sorted(await found(index)) == ["a", "b", "deep"]


async def test_below_an_unknown_folder_or_in_a_circle_is_nothing(index: SearchIndex) -> None:
    await holding(index, file("x", "nowhere"), folder("a", "b"), folder("b", "a"), file("y", "b"))

    assert await found(index) == []


async def test_an_older_state_changes_nothing_and_a_newer_one_everything(index: SearchIndex) -> None:
    await holding(index, file("new name", id="1", seq=5, at=2_000))

    await index.put(DRIVE, [file("old name", id="1", seq=4, at=1_000)], MARK)
    kept = await found(index)
    await index.put(DRIVE, [file("renamed", id="1", seq=6, at=3_000, size=77)], MARK)

    assert kept == ["new name"]
    assert await found(index, "name") == []
    assert await found(index, "renamed", min_size_bytes=77) == ["renamed"]


async def test_many_of_one_moment_stand_apart(index: SearchIndex) -> None:
    names = [f"same {number}" for number in range(50)]
    await holding(index, *(file(name) for name in names))

    assert sorted(await found(index, "same", page=7)) == sorted(names)


@pytest.mark.parametrize(
    "hostile",
    [
        '"',
        '" OR "',
        "a* NOT b",
        "words:x",
        "NEAR(a b)",
        "^a",
        "'; DROP TABLE node; --",
        "{words} : a",
        "(",
        "a\0b",
        "*",
    ],
)
async def test_the_syntax_of_engines_means_nothing(index: SearchIndex, hostile: str) -> None:
    await holding(index, file("a"), file("b"))

    answer = await found(index, hostile)

    assert set(answer) <= {"a"}
    assert sorted(await found(index)) == ["a", "b"]


PIECES = [
    "img",
    "IMG",
    "2023",
    "20",
    "5",
    "Camel",
    "Case",
    "é",
    "ß",
    "ı",
    "東",
    "京",
    "_",
    "-",
    ".",
    " ",
    '"',
    "*",
    "a",
]
NAMES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(names=st.lists(NAMES, min_size=1, max_size=12), asked=NAMES, cut=st.integers(1, 4))
async def test_sqlite_finds_what_looking_at_every_name_finds(
    tmp_path: Path, names: list[str], asked: str, cut: int
) -> None:
    nodes = [file(name, id=str(number), at=1_000 + number) for number, name in enumerate(names)]
    plain, sqlite = InMemorySearchIndex(), SqliteSearchIndex(tmp_path, most_bytes=10**9)
    try:
        for index in (plain, sqlite):
            await holding(index, *nodes)

        assert await found(sqlite, asked, page=cut) == await found(plain, asked)
    finally:
        await sqlite.close()
