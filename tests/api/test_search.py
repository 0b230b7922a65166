"""Search by name, and the last changed files."""

import pytest

from tests.api.conftest import Door, OpenDoor
from tests.fakes.gateway import GatewayWorld


async def test_what_is_found_comes_with_the_way_to_it(ada: Door) -> None:
    films = await ada.folder("films")
    await ada.folder("Holiday", films["id"])

    answer = await ada.get("/search", params={"q": "holiday"})

    found = answer.json()
    assert [item["name"] for item in found["items"]] == ["Holiday"]
    assert [each["name"] for each in found["items"][0]["ancestors"]] == ["", "films"]
    assert (found["next_cursor"], found["complete"]) == (None, True)
    assert answer.headers["stowage-seq"].startswith(f"{ada.account_id}.")


async def test_an_answer_says_when_something_may_be_missing(ada: Door, world: GatewayWorld) -> None:
    world.search.complete = False

    assert (await ada.get("/search", params={"q": "x"})).json()["complete"] is False
    assert (await ada.get("/recent")).json()["complete"] is False


async def test_types_times_and_folders_narrow(ada: Door) -> None:
    films = await ada.folder("films")
    await ada.folder("x", films["id"])
    await ada.file(b"x", "x.txt")

    async def names(**params: str) -> list[str]:
        answer = await ada.get("/search", params={"q": "x", **params})
        return [item["name"] for item in answer.json()["items"]]

    assert sorted(await names()) == ["x", "x.txt"]
    assert await names(type="folder") == ["x"]
    assert await names(type="file") == ["x.txt"]
    assert await names(folder_id=films["id"]) == ["x"]
    assert await names(before="1971-01-01T00:00:00Z") == []
    assert await names(after="2999-01-01T00:00:00.5+02:00") == []


async def test_pages_follow_one_another(ada: Door) -> None:
    for number in range(3):
        await ada.folder(f"page {number}")
    first = (await ada.get("/search", params={"q": "page", "limit": 2})).json()

    rest = await ada.get("/search", params={"q": "page", "limit": 2, "cursor": first["next_cursor"]})
    other = await ada.get("/search", params={"q": "pages", "cursor": first["next_cursor"]})

    assert (len(first["items"]), len(rest.json()["items"])) == (2, 1)
    assert (other.status_code, other.json()["code"]) == (422, "cursor_invalid")


async def test_recent_are_files(ada: Door) -> None:
    await ada.folder("films")
    await ada.file(b"x", "x.txt")

    assert [item["name"] for item in (await ada.get("/recent")).json()["items"]] == ["x.txt"]


async def test_nobody_finds_what_is_somebody_elses(ada: Door, open_door: OpenDoor) -> None:
    films = await ada.folder("films")
    bob = await open_door()
    await bob.sign_up("bob@example.com")

    assert (await bob.get("/search", params={"q": "films"})).json()["items"] == []
    assert (await bob.get("/search", params={"folder_id": films["id"]})).status_code == 404


@pytest.mark.parametrize(
    "params",
    [
        {"q": "x" * 256},
        {"type": "spreadsheet"},
        {"min_size": -1},
        {"max_size": 2**53},
        {"after": "yesterday"},
        {"after": "2026-01-01"},
        {"folder_id": "films"},
        {"limit": 0},
        {"limit": 201},
        {"cursor": "A" * 4097},
    ],
    ids=str,
)
async def test_a_question_has_bounds(ada: Door, params: dict[str, str]) -> None:
    answer = await ada.get("/search", params=params)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")


@pytest.mark.parametrize(("limit", "told"), [(0, 422), (1, 200), (200, 200), (201, 422)])
async def test_pages_of_recent_files_have_bounds(ada: Door, limit: int, told: int) -> None:
    assert (await ada.get("/recent", params={"limit": limit})).status_code == told


async def test_a_day_that_no_calendar_has_is_no_time(ada: Door) -> None:
    answer = await ada.get("/search", params={"before": "2026-02-31T00:00:00Z"})

    assert (answer.status_code, answer.json()["code"]) == (422, "time_invalid")
