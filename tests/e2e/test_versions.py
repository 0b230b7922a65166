"""What files were, on the whole system: every byte of a past version comes back, in each way it can be asked for."""

from collections.abc import Iterator

import pytest

from local_stack.stack import Stack
from tests.e2e.person import Json, Person

FIRST, SECOND, THIRD = b"the first of three\n" * 500, b"", bytes(range(256)) * 40_000


@pytest.fixture(scope="module")
def person(stack: Stack) -> Iterator[Person]:
    with Person(stack.url) as person:
        yield person


def replaced(person: Person, name: str) -> str:
    for content in (FIRST, SECOND, THIRD):
        done = person.put(name, content, conflict="replace")
    return str(done["node_id"])


def versions(person: Person, file_id: str) -> list[Json]:
    return list(person.request("GET", f"/files/{file_id}/versions").json()["items"])


def test_a_past_version_is_the_same_to_the_byte_however_it_is_fetched(person: Person) -> None:
    file_id = replaced(person, "three.bin")
    for number, content in ((1, FIRST), (2, SECOND), (3, THIRD)):
        path, asked = f"/files/{file_id}/content", {"version": number}
        url = person.request("GET", path, params={**asked, "url": 1}).json()
        redirect = person.request("GET", path, params=asked).headers["location"]
        relayed = person.request("GET", path, params={**asked, "relay": 1})
        for location in (url["url"], redirect):
            stored = person.storage.get(location)
            assert stored.content == content
            assert "three.bin" in stored.headers["content-disposition"]
        assert relayed.content == content
        assert relayed.headers["etag"] == f'"v{number}"'
        assert (url["name"], url["size"]) == ("three.bin", len(content))


def test_a_version_is_brought_back_kept_and_forgotten(person: Person) -> None:
    before = person.request("GET", "/drive").json()
    file_id = replaced(person, "cycle.bin")
    path = f"/files/{file_id}/versions"

    back = person.request("POST", f"{path}/1/restore", headers={"If-Match": '"3"'})
    assert (back.json()["version"], back.headers["etag"]) == (4, '"4"')
    assert person.content(file_id) == FIRST
    person.request("PATCH", f"{path}/2", json={"keep": True})
    for number in (1, 3):
        assert person.request("DELETE", f"{path}/{number}").status_code == 204

    assert [(it["number"], it["kept"], it["current"]) for it in versions(person, file_id)] == [
        (4, False, True),
        (2, True, False),
    ]
    # The first one's bytes are the current one's: they stay.
    assert person.content(file_id) == FIRST
    after = person.request("GET", "/drive").json()
    assert after["bytes_used"] - before["bytes_used"] == len(FIRST)
    assert after["versions_bytes"] == before["versions_bytes"]
    gone = person.http.get(f"/files/{file_id}/content", params={"version": 3})
    assert (gone.status_code, gone.json()["code"]) == (404, "version_not_found")


def test_in_the_trash_a_file_has_no_versions_and_back_it_has_them_all(person: Person) -> None:
    file_id = replaced(person, "trashed.bin")
    listed = versions(person, file_id)
    person.request("DELETE", f"/nodes/{file_id}")
    for method, path in (
        ("GET", f"/files/{file_id}/versions"),
        ("GET", f"/files/{file_id}/content?version=1"),
        ("POST", f"/files/{file_id}/versions/1/restore"),
        ("DELETE", f"/files/{file_id}/versions/1"),
    ):
        answer = person.http.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "node_not_found")
    person.request("POST", f"/trash/{file_id}/restore", json={})
    assert versions(person, file_id) == listed


def test_a_busy_file_stays_bounded(person: Person) -> None:
    """By bringing the same version back again and again: no byte moves, so it is quick."""
    file_id = replaced(person, "busy.bin")
    person.request("PATCH", f"/files/{file_id}/versions/1", json={"keep": True})
    for _ in range(120):
        person.request("POST", f"/files/{file_id}/versions/1/restore")
    left = versions(person, file_id)
    assert len(left) <= 1 + 100 + 1
    assert [it["number"] for it in left[:2]] == [123, 122]
    assert left[-1]["kept"]
    past = sum(it["size"] for it in left if not it["current"])
    drive = person.request("GET", "/drive").json()
    others = [
        versions(person, str(node["id"]))
        for node in person.request("GET", "/folders/root/entries").json()["items"]
    ]
    assert drive["versions_bytes"] == sum(it["size"] for each in others for it in each if not it["current"])
    assert past <= drive["versions_bytes"] <= drive["bytes_used"]
