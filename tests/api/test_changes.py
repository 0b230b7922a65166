"""What happened to a drive, page by page."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from api_gateway.adapters.http.wiring import Bounds
from api_gateway.domain.identity import Caller
from tests.api.conftest import Door, Json, OpenDoor
from tests.fakes.gateway import GatewayWorld


async def now(door: Door) -> str:
    page = (await door.get("/changes")).json()
    assert (page["items"], page["more"]) == ([], False)
    return str(page["next_cursor"])


async def since(door: Door, cursor: str, **params: str) -> Json:
    answer = await door.get("/changes", params={"cursor": cursor, **params})
    assert answer.status_code == 200, answer.text
    page: Json = answer.json()
    return page


async def test_what_happens_behind_a_cursor_is_told_in_order(ada: Door) -> None:
    cursor = await now(ada)
    folder = await ada.folder("films")
    file = await ada.file(b"notes")
    await ada.request("DELETE", f"/nodes/{folder['id']}")

    page = await since(ada, cursor)

    changes = [change for entry in page["items"] for change in entry["changes"]]
    assert [(change["kind"], change["node"]["id"]) for change in changes] == [
        ("placed", folder["id"]),
        ("placed", file["id"]),
        ("deleted", folder["id"]),
    ]
    assert changes[0]["node"] == folder
    assert changes[2]["node"]["parent_id"] is None
    assert {change["actor"] for change in changes} == {f"account:{ada.account_id}"}
    assert [entry["seq"] for entry in page["items"]] == sorted(entry["seq"] for entry in page["items"])
    assert page["items"][-1]["cursor"] == page["next_cursor"]


async def test_a_page_says_whether_more_follows_and_where_to_go_on(ada: Door) -> None:
    cursor = await now(ada)
    for name in "abc":
        await ada.folder(name)

    first = await since(ada, cursor, limit="2")
    rest = await since(ada, first["next_cursor"])

    assert [len(first["items"]), first["more"], len(rest["items"]), rest["more"]] == [2, True, 1, False]
    assert (await since(ada, rest["next_cursor"]))["next_cursor"] == rest["next_cursor"]


async def test_the_answer_says_the_drives_place_in_its_journal(ada: Door) -> None:
    await ada.folder("films")
    assert (await ada.get("/changes")).headers["stowage-seq"].startswith(f"{ada.account_id}.")


async def test_another_persons_changes_and_cursors_are_not_told(ada: Door, world: GatewayWorld) -> None:
    cursor = await now(ada)
    bob = Door(world.application())
    await bob.sign_up("bob@example.com")
    await bob.folder("his own")

    assert (await since(ada, cursor))["items"] == []
    refused = await bob.get("/changes", params={"cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) == (422, "cursor_invalid")


async def test_a_history_that_is_gone_is_a_conflict_that_says_so(ada: Door, world: GatewayWorld) -> None:
    cursor = await now(ada)
    world.changes.history = "another"

    refused = await ada.get("/changes", params={"cursor": cursor})

    assert (refused.status_code, refused.json()["code"]) == (409, "cursor_reset")


async def test_who_waits_is_answered_as_soon_as_something_happens(ada: Door, world: GatewayWorld) -> None:
    cursor = await now(ada)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(since(ada, cursor, wait="30"))
        while not world.hub.listeners:  # noqa: ASYNC110  # nobody tells us
            await asyncio.sleep(0)
        folder = await ada.folder("films")

    page = waiting.result()
    assert [entry["changes"][0]["node"]["id"] for entry in page["items"]] == [folder["id"]]
    assert page["next_cursor"] == page["items"][0]["cursor"]
    assert not page["more"]
    assert world.hub.listeners == 0


async def test_who_waits_in_vain_keeps_the_cursor(open_door: OpenDoor) -> None:
    door = await open_door(Bounds(waiting_seconds=0.01))
    await door.sign_up()
    cursor = await now(door)

    assert await since(door, cursor, wait="30") == {"items": [], "next_cursor": cursor, "more": False}


async def test_who_waits_for_what_is_there_already_does_not_wait(ada: Door) -> None:
    cursor = await now(ada)
    await ada.folder("films")
    assert len((await since(ada, cursor, wait="30"))["items"]) == 1


async def test_a_session_that_ends_while_it_waits_is_told_nothing(ada: Door, world: GatewayWorld) -> None:
    cursor = await now(ada)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(ada.get("/changes", params={"cursor": cursor, "wait": "30"}))
        while not world.hub.listeners:  # noqa: ASYNC110  # nobody tells us
            await asyncio.sleep(0)
        world.people.ended.update(world.people.sessions)
        await world.tree.create_folder(
            Caller(ada.account_id, ""), command_id="c", parent_id="root", name="secret", conflict="fail"
        )

    assert (waiting.result().status_code, waiting.result().json()["code"]) == (401, "session_ended")


async def streamed(door: Door, **options: Any) -> httpx.Response:
    return await door.get("/changes/stream", **options)


@pytest.fixture
async def hasty(open_door: OpenDoor) -> Door:
    """Ada at a gateway whose streams end at once."""
    door = await open_door(Bounds(stream_seconds=0.01))
    await door.sign_up()
    return door


async def test_a_stream_begins_with_its_place_and_tells_what_happened_behind_the_cursor(hasty: Door) -> None:
    cursor = await now(hasty)
    folder = await hasty.folder("films")

    answer = await streamed(hasty, params={"cursor": cursor})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    greeting, event, rest = answer.text.split("\n\n")
    assert greeting == f"retry: 2000\nid: {cursor}"
    identity, kind, data = event.splitlines()
    entry = json.loads(data.removeprefix("data: "))
    assert (kind, identity) == ("event: change", f"id: {entry['cursor']}")
    assert entry == (await since(hasty, cursor))["items"][0]
    assert entry["changes"][0]["node"] == folder
    assert rest == ""


async def test_the_last_events_id_wins_over_the_cursor_in_the_address(hasty: Door) -> None:
    first = await now(hasty)
    await hasty.folder("a")
    second = await now(hasty)
    await hasty.folder("b")

    answer = await streamed(hasty, params={"cursor": first}, headers={"Last-Event-ID": second})

    assert answer.text.count("event: change") == 1


async def test_without_a_cursor_a_stream_begins_now(hasty: Door) -> None:
    await hasty.folder("before")
    answer = await streamed(hasty)
    assert answer.text == f"retry: 2000\nid: {await now(hasty)}\n\n"


async def test_a_stream_that_cannot_begin_is_a_problem_and_no_stream(
    hasty: Door, world: GatewayWorld
) -> None:
    cursor = await now(hasty)
    made_up = await streamed(hasty, params={"cursor": "made up"})
    world.changes.history = "another"
    gone = await streamed(hasty, params={"cursor": cursor})
    hasty.token = ""
    nobody = await streamed(hasty)

    told = [(it.status_code, it.json()["code"]) for it in (made_up, gone, nobody)]
    assert told == [(422, "cursor_invalid"), (409, "cursor_reset"), (401, "unauthenticated")]
    assert world.hub.listeners == 0


async def test_an_account_that_follows_in_too_many_places_is_told_to_end_some(
    ada: Door, world: GatewayWorld
) -> None:
    world.hub.of_one_account = 0
    for path in ("/changes/stream", f"/changes?wait=1&cursor={await now(ada)}"):
        answer = await ada.get(path)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_listeners")
        assert answer.headers["retry-after"] == "5"


async def test_the_head_of_a_stream_is_no_stream(ada: Door, world: GatewayWorld) -> None:
    answer = await ada.request("HEAD", "/changes/stream")
    assert (answer.status_code, answer.content, world.hub.listeners) == (200, b"", 0)
