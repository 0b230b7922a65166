"""Who tries passwords: told the same whatever they try, soon told to wait, and nobody else with them."""

import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.front_door.test_credentials import said
from tests.e2e.person import PASSWORD, Person

GUESSES = 10


@pytest.fixture(scope="module")
def http(stack_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{stack_url}/api/v1", timeout=60) as client:
        yield client


def sign_in(http: httpx.Client, email: str, password: str = "a wrong guess") -> httpx.Response:
    return http.post("/sessions", json={"email": email, "password": password})


def register(http: httpx.Client, password: str, email: str = "") -> httpx.Response:
    email = email or f"{uuid.uuid4().hex}@example.com"
    return http.post("/accounts", json={"email": email, "password": password})


def test_guesses_are_told_nothing_throttled_and_lock_nobody_else_out(
    http: httpx.Client, person: Person, stranger: Person
) -> None:
    known = [sign_in(http, person.email) for _ in range(GUESSES)]
    unknown = [sign_in(http, f"nobody-{person.email}") for _ in range(GUESSES)]
    assert {answer.json()["code"] for answer in known} == {"credentials_wrong"}
    assert len({repr(said(answer)) for answer in known + unknown}) == 1

    for email in (person.email, f"nobody-{person.email}"):
        refused = sign_in(http, email, PASSWORD)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
        assert 1 <= int(refused.headers["retry-after"]) <= 60

    # Behind the same address: a colleague, and what the account had open.
    assert sign_in(http, stranger.email, PASSWORD).status_code == 201
    assert person.http.get("/account").status_code == 200


@pytest.mark.parametrize("length", [8, 128])
def test_passwords_have_8_to_128_characters(http: httpx.Client, length: int) -> None:
    password = (uuid.uuid4().hex + "🔑" + uuid.uuid4().hex * 3)[-length:]
    email = f"{uuid.uuid4().hex}@example.com"
    assert register(http, password, email).status_code == 201
    assert sign_in(http, email, password).status_code == 201
    assert sign_in(http, email, f"{password}x").status_code == 401


# The same in every run: test runners that share the work compare the names of their tests.
REFUSED = {
    "empty": "",
    "7 characters": "k7!vQ2z",
    "129 characters": f"{'k7!vQ2zx' * 15}123456789",
    "a common one": "password",
    "a common one in another case": "Qwertyuiop",
    "a row": "12345678",
    "a repetition": "k7!k7!k7!",
    "the service": "stowage123",
    "the domain": "example.com",
}


@pytest.mark.parametrize("password", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_guessed_first_is_refused_with_the_reason(http: httpx.Client, password: str) -> None:
    refused = register(http, password)
    assert (refused.status_code, refused.json()["code"]) == (422, "password_unacceptable")
    assert len(refused.json()["detail"]) > 20


def test_a_password_is_not_made_of_the_address(http: httpx.Client) -> None:
    email = f"grace.hopper.{uuid.uuid4().hex[:6]}@example.com"
    for password in (email, email.upper(), "Grace.Hopper", "hopper1906", "grace-example"):
        assert register(http, password, email).json()["code"] == "password_unacceptable"


def test_an_unusual_but_good_password_opens_in_every_spelling(http: httpx.Client) -> None:
    email = f"{uuid.uuid4().hex}@example.com"
    assert register(http, "cafe\u0301 au lait 7", email).status_code == 201
    assert sign_in(http, email, "caf\u00e9 au lait 7").status_code == 201
