"""Copies and the emptying of the trash on the whole system, while metadata is killed."""

import pytest

from local_stack.stack import Stack
from tests.e2e.person import Json, Person
from tests.e2e.test_kill import until_it_works

FOLDERS = 900


def a_tree(person: Person) -> str:
    """A folder with a file and very many folders in it."""
    top = str(person.request("POST", "/folders", json={"parent_id": "root", "name": "src"}).json()["id"])
    folders = [{"op": "create_folder", "parent_id": top, "name": f"n{number}"} for number in range(FOLDERS)]
    person.request("POST", "/nodes:batch", json={"operations": folders})
    person.put("letter.txt", b"four", folder_id=top)
    return top


def names(person: Person, folder_id: str) -> list[str]:
    page = person.request("GET", f"/folders/{folder_id}/entries", params={"limit": 1000}).json()
    return [str(it["name"]) for it in page["items"]]


@pytest.mark.timeout(400)
def test_a_copy_and_an_emptying_survive_the_death_of_metadata(stack: Stack, person: Person) -> None:
    top = a_tree(person)
    copying = {"parent_id": "root", "name": "dst"}
    job = person.request("POST", f"/nodes/{top}/copy", json=copying).json()

    stack.kill("file_metadata_service")

    done = until_it_works(lambda: ended(person, job))
    assert (done["state"], done["done"], done["total"]) == ("done", FOLDERS + 2, FOLDERS + 2)
    assert person.names() == ["dst", "src"]
    assert names(person, done["node_id"]) == names(person, top)
    (letter,) = names(person, done["node_id"])[FOLDERS:]
    assert letter == "letter.txt"
    assert person.request("GET", "/drive").json()["bytes_used"] == 8

    for node_id in (top, done["node_id"]):
        person.request("DELETE", f"/nodes/{node_id}")
    job = person.request("DELETE", "/trash").json()

    stack.kill("file_metadata_service")

    assert until_it_works(lambda: ended(person, job))["state"] == "done"
    assert person.request("GET", "/trash").json()["items"] == []
    drive = person.request("GET", "/drive").json()
    assert (drive["bytes_used"], drive["file_count"], drive["trash_bytes"]) == (0, 0, 0)


def ended(person: Person, job: Json) -> Json:
    """Asked for by a client that retries."""
    job = person.request("GET", f"/jobs/{job['id']}").json()
    assert job["ended_at"] is not None, job
    return job
