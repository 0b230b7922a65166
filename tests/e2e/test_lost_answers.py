"""Each mutation is applied, its answer is lost, and the client says the same again."""

import os
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.cutting_proxy import CuttingProxy, cutting_proxy
from tests.e2e.person import PART_SIZE_BYTES, PASSWORD, Person, sha256

pytestmark = pytest.mark.judged_once


@pytest.fixture
def proxy(stack_url: str) -> Iterator[CuttingProxy]:
    with cutting_proxy(stack_url) as proxy:
        yield proxy


@pytest.fixture
def person(proxy: CuttingProxy) -> Iterator[Person]:
    with Person(proxy.url) as person:
        yield person


def lose_then_repeat(
    person: Person, proxy: CuttingProxy, method: str, path: str, **options: Any
) -> httpx.Response:
    """The first try's answer is lost after the server gave it; returns the second's."""
    options["headers"] = {"Idempotency-Key": os.urandom(8).hex()}
    lost_before = proxy.answers_lost
    proxy.lose_next_answer()
    with pytest.raises(httpx.TransportError):
        person.http.request(method, path, **options)
    assert proxy.answers_lost == lost_before + 1
    return person.request(method, path, **options)


def folder(person: Person, name: str) -> dict[str, Any]:
    return dict(person.request("POST", "/folders", json={"parent_id": "root", "name": name}).json())


def test_a_repeated_new_folder_is_one_folder(person: Person, proxy: CuttingProxy) -> None:
    answer = lose_then_repeat(person, proxy, "POST", "/folders", json={"parent_id": "root", "name": "once"})

    assert answer.json()["name"] == "once"
    assert person.names() == ["once"]


def test_a_repeated_rename_and_move_happened_once(person: Person, proxy: CuttingProxy) -> None:
    target, moved = folder(person, "target"), folder(person, "moved")

    change = {"name": "renamed", "parent_id": target["id"]}
    answer = lose_then_repeat(person, proxy, "PATCH", f"/nodes/{moved['id']}", json=change)

    assert answer.json()["name"] == "renamed"
    assert person.names() == ["target"]
    assert person.names(target["id"]) == ["renamed"]


def test_a_repeated_deletion_and_restore_happened_once(person: Person, proxy: CuttingProxy) -> None:
    node = folder(person, "fickle")

    trashed = lose_then_repeat(person, proxy, "DELETE", f"/nodes/{node['id']}")
    assert trashed.json()["node"]["id"] == node["id"]
    assert person.names() == []

    restored = lose_then_repeat(person, proxy, "POST", f"/trash/{node['id']}/restore", json={})
    assert restored.json()["id"] == node["id"]
    assert person.names() == ["fickle"]


def test_every_step_of_an_upload_can_be_repeated(person: Person, proxy: CuttingProxy) -> None:
    body = os.urandom(PART_SIZE_BYTES + 1)
    request = {"folder_id": "root", "name": "twice-told.bin", "size": len(body)}
    upload = lose_then_repeat(person, proxy, "POST", "/uploads", json=request).json()["upload"]
    claims = [
        {"number": 1, "sha256": sha256(body[:PART_SIZE_BYTES])},
        {"number": 2, "sha256": sha256(body[PART_SIZE_BYTES:])},
    ]
    signed = lose_then_repeat(person, proxy, "POST", f"/uploads/{upload['id']}/urls", json={"parts": claims})
    first, second = signed.json()["urls"]
    etags = [
        person.send(first, body[:PART_SIZE_BYTES]).headers["etag"],
        person.send(second, body[PART_SIZE_BYTES:]).headers["etag"],
    ]
    reports = {"parts": [{"number": number, "etag": etag} for number, etag in enumerate(etags, start=1)]}
    lose_then_repeat(person, proxy, "POST", f"/uploads/{upload['id']}/parts", json=reports)

    done = lose_then_repeat(person, proxy, "POST", f"/uploads/{upload['id']}/complete", json={}).json()

    assert done["state"] == "committed"
    assert person.content(done["node_id"]) == body
    assert person.names() == ["twice-told.bin"]


def test_a_repeated_abort_leaves_the_upload_ended(person: Person, proxy: CuttingProxy) -> None:
    upload = person.start("dropped.bin", b"dropped")["upload"]

    answer = lose_then_repeat(person, proxy, "DELETE", f"/uploads/{upload['id']}")

    assert answer.json()["state"] in ("aborting", "aborted")
    assert person.names() == []


def test_a_repeated_registration_is_the_same_account(person: Person, proxy: CuttingProxy) -> None:
    request = {"email": f"again-{person.email}", "password": PASSWORD}

    answer = lose_then_repeat(person, proxy, "POST", "/accounts", json=request)

    assert answer.json()["email"] == request["email"]
    other_key = person.http.post("/accounts", json=request, headers={"Idempotency-Key": "another"})
    assert (other_key.status_code, other_key.json()["code"]) == (409, "email_taken")


def test_a_repeated_refresh_gives_the_same_successor(person: Person, proxy: CuttingProxy) -> None:
    token = person.sign_in()["refresh_token"]

    first = lose_then_repeat(person, proxy, "POST", "/sessions/refresh", json={"refresh_token": token}).json()
    second = person.request("POST", "/sessions/refresh", json={"refresh_token": token}).json()

    assert first["refresh_token"] == second["refresh_token"]


def test_a_repeated_sign_out_and_password_change_are_harmless(person: Person, proxy: CuttingProxy) -> None:
    other = person.sign_in()["session_id"]
    person.sign_in()

    lose_then_repeat(person, proxy, "DELETE", f"/sessions/{other}")
    change = {"current_password": PASSWORD, "new_password": f"{PASSWORD} indeed"}
    lose_then_repeat(person, proxy, "POST", "/account/password", json=change)

    signed_in = person.http.post(
        "/sessions", json={"email": person.email, "password": change["new_password"]}
    )
    assert signed_in.status_code == 201


def test_a_repeated_sign_in_works(person: Person, proxy: CuttingProxy) -> None:
    request = {"email": person.email, "password": PASSWORD}

    answer = lose_then_repeat(person, proxy, "POST", "/sessions", json=request)

    assert answer.json()["access_token"]


def test_the_same_key_with_another_request_is_refused(person: Person) -> None:
    key = {"Idempotency-Key": "one-key"}
    person.request("POST", "/folders", json={"parent_id": "root", "name": "first"}, headers=key)

    answer = person.http.post("/folders", json={"parent_id": "root", "name": "second"}, headers=key)

    assert (answer.status_code, answer.json()["code"]) == (409, "command_id_reused")
    assert person.names() == ["first"]
