"""Paths in URLs: names are percent-encoded, and a slash within one stays within it."""

from urllib.parse import quote

import pytest

from tests.api.conftest import Door


async def test_an_empty_path_is_the_root(ada: Door) -> None:
    answer = await ada.get("/paths/")
    assert (answer.json()["id"], answer.json()["ancestors"]) == (ada.account_id, [])


async def test_names_are_found_from_the_root_down(ada: Door) -> None:
    films = await ada.folder("films")
    old = await ada.folder("alte Filme & Ähnliches", films["id"])
    answer = await ada.get("/paths/films/alte%20Filme%20%26%20%C3%84hnliches")
    assert answer.json()["id"] == old["id"]
    assert [each["name"] for each in answer.json()["ancestors"]] == ["", "films"]


async def test_an_encoded_slash_belongs_to_the_name(ada: Door) -> None:
    films = await ada.folder("films")
    await ada.folder("old", films["id"])
    assert (await ada.get("/paths/films/old")).status_code == 200
    assert (await ada.get("/paths/films%2Fold")).json()["code"] == "node_not_found"


async def test_a_name_that_is_called_paths_is_found(ada: Door) -> None:
    outer = await ada.folder("paths")
    inner = await ada.folder("paths", outer["id"])
    assert (await ada.get("/paths/paths/paths")).json()["id"] == inner["id"]


@pytest.mark.parametrize("name", ["100%", "a?b", "a#b", "ＦＵＬＬ", "👩‍👩‍👧", "‮gnp.exe", "con", " ", "%41"])
async def test_any_name_comes_through_as_it_is(ada: Door, name: str) -> None:
    folder = await ada.folder(name)
    assert (await ada.get(f"/paths/{quote(name, safe='')}")).json()["id"] == folder["id"]


@pytest.mark.parametrize(
    "path",
    [
        "films//old",
        "films/",
        "/films",
        "%ff",
        "%C3",
        "%ED%A0%80",
        "%zz",
        "%",
        "a%2",
        "a/%2e%2e/b",
        "%2e",
        "x/" * 1001 + "x",
    ],
)
async def test_what_cannot_be_names_is_refused(ada: Door, path: str) -> None:
    answer = await ada.get(f"/paths/{path}")
    assert (answer.status_code, answer.json()["code"]) == (422, "path_invalid")


@pytest.mark.parametrize("path", ["%00", "%0A", "%0D%0A", "%E2%80%8B", "n%C3%A0da"])
async def test_a_name_that_nobody_has_is_not_found(ada: Door, path: str) -> None:
    answer = await ada.get(f"/paths/{path}")
    assert answer.status_code == 404
