"""Every operation, with every token that must open nothing."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.front_door.belongings import Belongings, Json, nobodys
from tests.e2e.front_door.operations import Operation, Slot, guarded_operations
from tests.e2e.front_door.requests import BODIES, request_for

OPERATIONS = guarded_operations()
LEAST_CREDENTIALS = 30


@pytest.fixture(scope="module")
def before(ada: Belongings, bad_credentials: object) -> Json:
    return ada.state()


@pytest.fixture(scope="module")
def http(stack_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{stack_url}/api/v1", timeout=60) as client:
        yield client


def test_there_are_operations_to_guard_and_each_has_its_request() -> None:
    assert len(OPERATIONS) > 20
    assert {each.id for each in OPERATIONS if each.takes_json} == BODIES.keys()


def test_the_right_token_is_let_in(ada: Belongings) -> None:
    """Otherwise the rest would prove nothing."""
    assert ada.person.http.get("/account").status_code == 200


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_no_bad_credentials_open(
    operation: Operation,
    http: httpx.Client,
    ada: Belongings,
    bad_credentials: dict[str, str | None],
    before: Json,
) -> None:
    request = request_for(operation, ada)
    answers = {}
    for name, credentials in bad_credentials.items():
        headers = request.options["headers"] | ({} if credentials is None else {"Authorization": credentials})
        answers[name] = http.request(request.method, request.url, **{**request.options, "headers": headers})

    assert len(answers) >= LEAST_CREDENTIALS
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 401)
    if operation.method != "HEAD":
        assert {answer.json()["code"] for answer in answers.values()} == {"unauthenticated", "session_ended"}
    assert {answer.headers["www-authenticate"] for answer in answers.values()} == {"Bearer"}
    assert ada.state() == before


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.slots], ids=lambda each: each.id)
def test_without_a_token_nobody_learns_what_exists(
    operation: Operation, http: httpx.Client, ada: Belongings, bad_credentials: dict[str, str | None]
) -> None:
    there = request_for(operation, ada)
    missing: dict[Slot, str] = {slot: nobodys(slot.kind, "x" * 60) for slot in operation.slots}
    nowhere = request_for(operation, ada, foreign=missing)
    for name in ("no header", "expired", "a session that was ended"):
        headers = {} if (value := bad_credentials[name]) is None else {"Authorization": value}
        answers = [
            http.request(each.method, each.url, **{**each.options, "headers": headers})
            for each in (there, nowhere)
        ]
        assert said(answers[0]) == said(answers[1])


@pytest.mark.parametrize("name", ["access_token", "token", "authorization"])
def test_a_token_in_the_address_is_none(http: httpx.Client, ada: Belongings, name: str) -> None:
    """Addresses end up in logs and histories."""
    assert http.get("/account", params={name: ada.person.token}).status_code == 401


def said(answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """Everything that the answer tells, but for the id of the request."""
    request_id = answer.headers["x-request-id"]
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "date")}
    return answer.status_code, answer.content.replace(request_id.encode(), b""), headers
