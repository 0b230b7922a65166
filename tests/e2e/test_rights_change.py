"""What may be done changes while an upload is under way: the commit asks anew, and no byte is lost by the answer."""

import os
from typing import Any

import httpx
import pytest

from tests.e2e.person import PASSWORD, Person, part, sha256

pytestmark = pytest.mark.judged_once

BODY = os.urandom(1234)


def folder(person: Person, name: str) -> str:
    return str(person.request("POST", "/folders", json={"parent_id": "root", "name": name}).json()["id"])


def sent(person: Person, name: str = "letter.bin", **facts: Any) -> str:
    """Its bytes lie in storage; nobody has said that it is complete."""
    upload_id = str(person.start(name, BODY, **facts)["upload"]["id"])
    [signed] = person.sign(upload_id, [1], BODY)
    assert person.send(signed, BODY).status_code == 200
    return upload_id


def refusal(person: Person, upload_id: str, **facts: Any) -> tuple[int, str]:
    answer = person.http.post(f"/uploads/{upload_id}/complete", json=facts)
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("for_good", [False, True], ids=["trashed", "purged"])
def test_a_folder_that_is_gone_by_then_takes_no_file_and_another_does(
    person: Person, *, for_good: bool
) -> None:
    doomed = folder(person, "doomed")
    upload_id = sent(person, folder_id=doomed)
    person.request("DELETE", f"/nodes/{doomed}")
    if for_good:
        person.ended(person.request("DELETE", f"/trash/{doomed}").json())

    assert refusal(person, upload_id) == (404, "node_not_found")
    waiting = person.request("GET", f"/uploads/{upload_id}").json()
    assert (waiting["state"], waiting["failure_code"]) == ("stored", "node_not_found")

    done = person.request("POST", f"/uploads/{upload_id}/complete", json={"folder_id": "root"}).json()
    assert person.content(done["node_id"]) == BODY


def test_a_folder_that_was_moved_is_still_the_one(person: Person) -> None:
    target, elsewhere = folder(person, "target"), folder(person, "elsewhere")
    upload_id = sent(person, folder_id=target)
    person.request("PATCH", f"/nodes/{target}", json={"parent_id": elsewhere, "name": "renamed"})

    done = person.complete(upload_id)

    assert person.names(target) == ["letter.bin"]
    assert person.content(done["node_id"]) == BODY


def test_a_file_that_was_replaced_by_then_is_not_replaced_unseen(person: Person) -> None:
    first = person.put("letter.bin", b"first")
    upload_id = sent(person, conflict="replace", if_revision=first["committed_revision"])
    person.put("letter.bin", b"second", conflict="replace")

    assert refusal(person, upload_id) == (412, "revision_stale")
    assert person.content(first["node_id"]) == b"second"


def test_a_folder_of_somebody_else_takes_nothing_however_it_is_asked(
    person: Person, stranger: Person
) -> None:
    theirs = folder(stranger, "theirs")
    upload_id = sent(person)

    asked = person.http.post("/uploads", json={"folder_id": theirs, "name": "x", "size": 1})
    assert (asked.status_code, asked.json()["code"]) == (404, "node_not_found")
    assert refusal(person, upload_id, folder_id=theirs) == (404, "node_not_found")
    assert stranger.names(theirs) == []
    done = person.request("POST", f"/uploads/{upload_id}/complete", json={"folder_id": "root"}).json()
    assert person.content(done["node_id"]) == BODY


def test_whose_session_is_ended_goes_on_after_a_new_sign_in_and_not_before(person: Person) -> None:
    upload_id = sent(person)
    old = person.http.headers["Authorization"]
    device = Person(person.url, email=person.email)
    device.sign_in()
    for session in device.request("GET", "/sessions").json()["items"]:
        if not session["current"]:
            device.request("DELETE", f"/sessions/{session['id']}")

    with httpx.Client(base_url=f"{person.url}/api/v1", headers={"Authorization": old}) as ended:
        for method, path, body in (
            ("POST", f"/uploads/{upload_id}/complete", {}),
            ("POST", f"/uploads/{upload_id}/urls", {"parts": [{"number": 1, "sha256": sha256(BODY)}]}),
            ("DELETE", f"/uploads/{upload_id}", None),
        ):
            assert ended.request(method, path, json=body).status_code == 401

    done = device.complete(upload_id)
    assert device.content(done["node_id"]) == BODY
    device.__exit__()


def test_a_password_that_changes_in_the_middle_ends_no_upload(person: Person) -> None:
    upload_id = sent(person)
    change = {"current_password": PASSWORD, "new_password": f"{PASSWORD} indeed"}
    person.request("POST", "/account/password", json=change)

    done = person.complete(upload_id)

    assert person.content(done["node_id"]) == BODY


def test_what_a_stranger_has_seen_of_an_upload_serves_them_nothing(person: Person, stranger: Person) -> None:
    """They know its id, its command and one of its URLs."""
    key = {"Idempotency-Key": "known-to-others"}
    request = {"folder_id": "root", "name": "mine.bin", "size": len(BODY)}
    mine = person.request("POST", "/uploads", json=request, headers=key).json()["upload"]
    theirs = stranger.request("POST", "/uploads", json=request, headers=key).json()["upload"]
    assert theirs["id"] != mine["id"]
    [signed] = person.sign(mine["id"], [1], BODY)

    relayed = stranger.http.put(f"/uploads/{mine['id']}/parts/1", content=part(BODY, 1))
    assert (relayed.status_code, relayed.json()["code"]) == (404, "upload_not_found")
    assert stranger.send(signed, os.urandom(len(BODY))).status_code in (400, 403)
    shorter = {**signed, "headers": {**signed["headers"], "Content-Length": str(len(BODY) - 1)}}
    assert stranger.send(shorter, BODY[:-1]).status_code in (400, 403)
    # Only the very bytes that were signed for, which does their work for them.
    assert stranger.send(signed, BODY).status_code == 200
    assert stranger.send(signed, BODY).status_code == 412
    assert person.content(person.complete(mine["id"])["node_id"]) == BODY
    # And there is nothing behind the stranger's own.
    assert refusal(stranger, theirs["id"]) == (409, "parts_missing")
