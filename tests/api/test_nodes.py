"""Drives, folders, files and the trash."""

import httpx
import pytest

from tests.api.conftest import Door, OpenDoor


async def test_a_drive_comes_into_being_empty(ada: Door) -> None:
    drive = (await ada.get("/drive")).json()
    assert drive == {
        "id": ada.account_id,
        "root_id": ada.account_id,
        "bytes_used": 0,
        "file_count": 0,
        "quota_bytes": None,
        "versions_bytes": 0,
        "trash_bytes": None,
    }


async def test_a_folder_has_only_what_folders_have(ada: Door) -> None:
    folder = await ada.folder("films")
    assert folder.keys() == {
        "id",
        "drive_id",
        "kind",
        "parent_id",
        "name",
        "revision",
        "seq",
        "created_at",
        "updated_at",
    }
    assert (folder["kind"], folder["parent_id"]) == ("folder", ada.account_id)
    assert folder["created_at"] == "2026-05-04T09:30:00Z"


async def test_a_file_says_what_it_holds(ada: Door) -> None:
    file = await ada.file(b"hello")
    assert (file["kind"], file["size"], file["layout"], file["version"]) == ("file", 5, "p23", 1)


async def test_the_root_has_no_parent(ada: Door) -> None:
    root = (await ada.get("/nodes/root")).json()
    assert (root["id"], root["parent_id"], root["name"]) == (ada.account_id, None, "")


async def test_ancestors_come_only_if_they_are_asked_for(ada: Door) -> None:
    films = await ada.folder("films")
    old = await ada.folder("old", films["id"])

    plain = (await ada.get(f"/nodes/{old['id']}")).json()
    placed = (await ada.get(f"/nodes/{old['id']}?ancestors=true")).json()

    assert "ancestors" not in plain
    assert placed["ancestors"] == [{"id": ada.account_id, "name": ""}, {"id": films["id"], "name": "films"}]


async def test_a_change_says_where_the_journal_is_and_which_revision_came_of_it(ada: Door) -> None:
    answer = await ada.post("/folders", json={"parent_id": "root", "name": "films"})
    assert answer.headers["stowage-seq"] == f"{ada.account_id}.j1.1"
    assert answer.headers["etag"] == '"1"'


async def test_a_node_is_renamed_and_moved_at_once(ada: Door) -> None:
    films, old = await ada.folder("films"), await ada.folder("old")
    answer = await ada.request(
        "PATCH", f"/nodes/{old['id']}", json={"name": "older", "parent_id": films["id"]}
    )
    assert (answer.json()["id"], answer.json()["name"]) == (old["id"], "older")
    assert answer.json()["parent_id"] == films["id"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"parent_id": "self"}, "would_make_cycle"),
        ({"name": "taken"}, "name_taken"),
        ({"name": "a/b"}, "name_invalid"),
        ({"parent_id": "f" * 32}, "node_not_found"),
    ],
)
async def test_a_change_that_breaks_a_rule_is_refused_by_its_code(
    ada: Door, change: dict[str, str], code: str
) -> None:
    await ada.folder("taken")
    folder = await ada.folder("films")
    if change.get("parent_id") == "self":
        change = {"parent_id": folder["id"]}
    answer = await ada.request("PATCH", f"/nodes/{folder['id']}", json=change)
    assert answer.json()["code"] == code


async def test_the_root_is_fixed(ada: Door) -> None:
    assert (await ada.request("DELETE", "/nodes/root")).json()["code"] == "root_is_fixed"


@pytest.mark.parametrize(
    ("tag", "status"),
    [('"1"', 200), ("*", 200), ('"2"', 412), ('W/"1"', 412), ('"x"', 412), ('"' + "9" * 40 + '"', 412), ("1", 422),
     ('"1", "2"', 422), ("", 422)],
)  # fmt: skip
async def test_if_match_guards_a_change(ada: Door, tag: str, status: int) -> None:
    folder = await ada.folder("films")
    answer = await ada.request("DELETE", f"/nodes/{folder['id']}", headers={"If-Match": tag})
    assert answer.status_code == status


async def test_a_change_without_any_change_is_refused(ada: Door) -> None:
    folder = await ada.folder("films")
    problem = (await ada.request("PATCH", f"/nodes/{folder['id']}", json={})).json()
    assert problem["code"] == "invalid_argument"
    assert problem["detail"] == "body: say a new name, a new parent_id, or both"


async def test_a_folder_is_listed_page_by_page(ada: Door) -> None:
    for number in range(5):
        await ada.folder(f"f{number}")

    first = (await ada.get("/folders/root/entries?limit=3")).json()
    rest = (await ada.get(f"/folders/root/entries?limit=3&cursor={first['next_cursor']}")).json()

    assert [node["name"] for node in first["items"] + rest["items"]] == [f"f{number}" for number in range(5)]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["made-up", "x" * 200, "%00", "..", "%F0%9F%A6%89"])
async def test_a_cursor_that_nobody_gave_is_refused(ada: Door, cursor: str) -> None:
    answer = await ada.get(f"/folders/root/entries?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=x",
        "limit=1e3",
        "sort=colour",
        "order=up",
        f"cursor={'x' * 5000}",
    ],
)
async def test_a_page_that_nobody_can_have_is_refused(ada: Door, query: str) -> None:
    answer = await ada.get(f"/folders/root/entries?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")


async def test_a_file_has_no_entries(ada: Door) -> None:
    file = await ada.file(b"hello")
    assert (await ada.get(f"/folders/{file['id']}/entries")).json()["code"] == "not_a_folder"


async def test_what_is_deleted_waits_in_the_trash_and_comes_back_with_its_id(ada: Door) -> None:
    folder = await ada.folder("films")

    trashed = (await ada.request("DELETE", f"/nodes/{folder['id']}")).json()
    assert (trashed["node"]["id"], trashed["original_path"]) == (folder["id"], "/films")
    assert (await ada.get("/trash")).json()["items"] == [trashed]
    assert (await ada.get(f"/nodes/{folder['id']}")).status_code == 404

    restored = (await ada.post(f"/trash/{folder['id']}/restore")).json()
    assert restored["id"] == folder["id"]


async def test_it_is_restored_to_another_place_and_name(ada: Door) -> None:
    folder, other = await ada.folder("films"), await ada.folder("other")
    await ada.request("DELETE", f"/nodes/{folder['id']}")
    body = {"parent_id": other["id"], "name": "back"}
    restored = (await ada.post(f"/trash/{folder['id']}/restore", json=body)).json()
    assert (restored["parent_id"], restored["name"]) == (other["id"], "back")


async def test_somebody_elses_nodes_do_not_exist(ada: Door, open_door: OpenDoor) -> None:
    folder = await ada.folder("films")
    mallory = await open_door()
    await mallory.sign_up("mallory@example.com")

    theirs, nobodys = await mallory.get(f"/nodes/{folder['id']}"), await mallory.get(f"/nodes/{'0' * 32}")

    assert theirs.status_code == nobodys.status_code == 404
    assert {**theirs.json(), "request_id": ""} == {**nobodys.json(), "request_id": ""}


@pytest.mark.parametrize("node_id", ["ROOT", "x", "0" * 31, "0" * 33, "G" * 32, "..", "%2e%2e", "a%00"])
async def test_an_id_that_cannot_be_one_is_refused(ada: Door, node_id: str) -> None:
    assert (await ada.get(f"/nodes/{node_id}")).status_code in (404, 422)


async def saying(door: Door, path: str, seen: list[str]) -> httpx.Response:
    """Each in a header of its own."""
    own = ("Authorization", f"Bearer {door.token}")
    return await door.http.get(f"/api/v1{path}", headers=[own, *(("Stowage-Seq", each) for each in seen)])


READS = ("/drive", "/nodes/root", "/paths/", "/folders/root/entries", "/trash")


@pytest.mark.parametrize("path", READS)
async def test_a_read_takes_what_the_answers_before_it_said_in_stowage_seq(ada: Door, path: str) -> None:
    made = await ada.post("/folders", json={"parent_id": "root", "name": "films"})
    own, other = made.headers["stowage-seq"], f"{'0' * 32}.j9.99"
    for said in (
        [own],
        [f"{other}, {own}"],
        [""],
        [f"{own},"],
        [other, own],
        [f"{ada.account_id}.j1.0"],
        [other] * 16,
    ):
        answer = await saying(ada, path, said)
        assert (answer.status_code, answer.headers["stowage-seq"]) == (200, own)


@pytest.mark.parametrize("path", READS)
async def test_who_has_seen_another_journal_or_a_later_place_lists_anew(ada: Door, path: str) -> None:
    for place in ("j1.1", "j2.0"):
        answer = await ada.get(path, headers={"Stowage-Seq": f"{ada.account_id}.{place}"})
        assert (answer.status_code, answer.json()["code"]) == (409, "cursor_reset")


@pytest.mark.parametrize("path", READS)
async def test_what_no_answer_says_in_stowage_seq_is_malformed(ada: Door, path: str) -> None:
    good = f"{ada.account_id}.j1.0"
    for said in (
        ["7"],
        [good, "7"],
        [good] * 17,
        [f"{good}x"],
        ["..1"],
        [f"{ada.account_id}.j1.-1"],
    ):
        answer = await saying(ada, path, said)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument"), said
