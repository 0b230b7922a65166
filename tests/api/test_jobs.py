"""Copies, deletion for ever, and jobs over HTTP."""

import pytest

from tests.api.conftest import Door, Json
from tests.fakes.gateway import GatewayWorld

NOBODYS = "f" * 32


async def folder(ada: Door, name: str) -> Json:
    made: Json = (await ada.post("/folders", json={"parent_id": "root", "name": name})).json()
    return made


async def test_a_file_is_copied_at_once(ada: Door) -> None:
    file = await ada.file(b"four")
    answer = await ada.post(f"/nodes/{file['id']}/copy", json={"parent_id": "root", "name": "copy.txt"})
    copy = answer.json()
    assert (answer.status_code, copy["name"], copy["content_hash"]) == (201, "copy.txt", file["content_hash"])
    assert answer.headers["etag"] == '"1"'
    assert (await ada.get(f"/nodes/{copy['id']}")).json() == copy


async def test_a_folder_is_copied_by_a_job(ada: Door) -> None:
    made = await folder(ada, "films")
    answer = await ada.post(f"/nodes/{made['id']}/copy", json={"parent_id": "root", "conflict": "rename"})
    job = answer.json()
    assert (answer.status_code, job["kind"]) == (202, "copy")
    assert answer.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert (await ada.get(f"/jobs/{job['id']}")).json() == job
    assert (await ada.get(f"/nodes/{job['node_id']}")).json()["name"] != "films"


async def test_a_copy_is_repeated_by_its_key(ada: Door, world: GatewayWorld) -> None:
    file = await ada.file(b"four")
    headers, body = {"Idempotency-Key": "k"}, {"parent_id": "root", "name": "copy.txt"}
    answers = [
        (await ada.post(f"/nodes/{file['id']}/copy", json=body, headers=headers)).json() for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert world.jobs.command_ids == ["k", "k"]


@pytest.mark.parametrize("body", [{}, {"parent_id": "root", "conflict": "replace"}, {"parent_id": 1}])
async def test_a_copy_without_a_place_is_refused(ada: Door, body: Json) -> None:
    file = await ada.file(b"four")
    answer = await ada.post(f"/nodes/{file['id']}/copy", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")


async def test_an_item_of_the_trash_is_deleted_for_ever(ada: Door) -> None:
    made = await folder(ada, "films")
    await ada.request("DELETE", f"/nodes/{made['id']}")
    answer = await ada.request("DELETE", f"/trash/{made['id']}")
    assert (answer.status_code, answer.json()["kind"]) == (202, "delete")
    assert (await ada.get("/trash")).json()["items"] == []
    again = await ada.request("DELETE", f"/trash/{made['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "node_not_found")


async def test_the_trash_is_emptied(ada: Door) -> None:
    for name in "ab":
        await ada.request("DELETE", f"/nodes/{(await folder(ada, name))['id']}")
    answer = await ada.request("DELETE", "/trash")
    assert (answer.status_code, answer.json()["kind"]) == (202, "empty_trash")
    assert (await ada.get("/trash")).json()["items"] == []


async def test_jobs_are_listed_latest_first_and_come_page_by_page(ada: Door) -> None:
    ids = [(await ada.request("DELETE", "/trash")).json()["id"] for _ in range(3)]
    page = (await ada.get("/jobs", params={"limit": 2})).json()
    rest = (await ada.get("/jobs", params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert [it["id"] for it in page["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_job_that_is_not_there_is_not_found(ada: Door, method: str) -> None:
    answer = await ada.request(method, f"/jobs/{NOBODYS}")
    assert (answer.status_code, answer.json()["code"]) == (404, "job_not_found")


async def test_one_that_has_ended_stays_as_it_is(ada: Door) -> None:
    job = (await ada.request("DELETE", "/trash")).json()
    answer = await ada.request("DELETE", f"/jobs/{job['id']}")
    assert (answer.status_code, answer.json()) == (200, job)
