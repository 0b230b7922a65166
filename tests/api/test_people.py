"""Accounts and sessions: becoming somebody, staying so, leaving."""

import pytest

from api_gateway.adapters.http.addresses import networks
from api_gateway.adapters.http.wiring import Bounds
from tests.api.conftest import PASSWORD, Door, OpenDoor
from tests.fakes.gateway import GatewayWorld


async def test_somebody_registers_signs_in_and_sees_their_account(door: Door) -> None:
    body = {"email": "ada@example.com", "password": PASSWORD, "display_name": "Ada"}
    account = (await door.post("/accounts", json=body)).json()

    tokens = (await door.post("/sessions", json={"email": "ada@example.com", "password": PASSWORD})).json()
    door.token = tokens["access_token"]

    assert tokens["account"] == account == (await door.get("/account")).json()
    assert account["display_name"] == "Ada"
    assert tokens["token_type"] == "Bearer"


async def test_a_taken_address_is_a_conflict(ada: Door) -> None:
    answer = await ada.post("/accounts", json={"email": "ada@example.com", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")


async def test_a_profile_changes_only_where_it_is_told_to(ada: Door) -> None:
    assert (await ada.request("PATCH", "/account", json={"display_name": "A."})).json()[
        "display_name"
    ] == "A."
    assert (await ada.request("PATCH", "/account", json={})).json()["display_name"] == "A."


async def test_a_new_password_needs_the_present_one(ada: Door) -> None:
    wrong = await ada.post(
        "/account/password", json={"current_password": "x", "new_password": "longer than it was"}
    )
    right = await ada.post(
        "/account/password", json={"current_password": PASSWORD, "new_password": "longer than it was"}
    )
    assert (wrong.status_code, wrong.json()["code"]) == (401, "credentials_wrong")
    assert right.status_code == 204


async def test_tokens_are_renewed_without_an_access_token(ada: Door) -> None:
    refresh_token = (await ada.sign_up("grace@example.com"))["refresh_token"]
    ada.token = ""

    answer = await ada.post("/sessions/refresh", json={"refresh_token": refresh_token})

    assert answer.status_code == 200
    assert "account" not in answer.json()


async def test_an_unknown_refresh_token_is_refused(door: Door) -> None:
    answer = await door.post("/sessions/refresh", json={"refresh_token": "made up"})
    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_token_invalid")


async def test_sessions_are_listed_and_one_is_ended(ada: Door) -> None:
    first = ada.token
    second = (await ada.post("/sessions", json={"email": "ada@example.com", "password": PASSWORD})).json()

    listed = (await ada.get("/sessions")).json()
    assert {item["id"] for item in listed["items"]} >= {second["session_id"]}
    assert listed["next_cursor"] is None

    assert (await ada.request("DELETE", f"/sessions/{second['session_id']}")).status_code == 204
    ada.token = second["access_token"]
    assert (await ada.get("/account")).json()["code"] == "session_ended"
    ada.token = first
    assert (await ada.get("/account")).status_code == 200


async def test_signing_out_ends_the_session_that_asks(ada: Door) -> None:
    assert (await ada.request("DELETE", "/sessions/current")).status_code == 204
    assert (await ada.get("/account")).status_code == 401


async def test_somebody_elses_session_does_not_exist(ada: Door, open_door: OpenDoor) -> None:
    mallory = await open_door()
    other = (await mallory.sign_up("mallory@example.com"))["session_id"]

    answer = await ada.request("DELETE", f"/sessions/{other}")

    assert (answer.status_code, answer.json()["code"]) == (404, "session_not_found")


async def test_a_throttled_sign_in_says_how_long_to_wait(door: Door) -> None:
    for _ in range(21):
        answer = await door.post("/sessions", json={"email": "ada@example.com", "password": "wrong password"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert answer.headers["retry-after"] == "8"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        ((), "203.0.113.9", "192.0.2.7"),
        (("192.0.2.0/24",), "203.0.113.9", "203.0.113.9"),
        (("192.0.2.0/24",), "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (("198.51.100.1",), "203.0.113.9", "192.0.2.7"),
    ],
)
async def test_throttles_see_the_address_that_can_be_believed(
    world: GatewayWorld, open_door: OpenDoor, trusted: tuple[str, ...], forwarded: str, seen: str
) -> None:
    door = await open_door(Bounds(trusted_proxies=networks(trusted)))

    await door.post(
        "/sessions", json={"email": "a@b.c", "password": PASSWORD}, headers={"X-Forwarded-For": forwarded}
    )

    assert world.people.addresses == [seen]
