"""What happened to a drive, page by page."""

from tests.api.conftest import Door, Json
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
