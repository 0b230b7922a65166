"""Every operation by a browser's cookies: the same bad tokens, and good ones without the word that they were meant."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.front_door.belongings import Belongings, Json
from tests.e2e.front_door.operations import Operation, guarded_operations
from tests.e2e.front_door.requests import request_for
from tests.e2e.person import PASSWORD, Person

OPERATIONS = guarded_operations()
UNSAFE = [each for each in OPERATIONS if each.method not in ("GET", "HEAD")]


@pytest.fixture(scope="module")
def http(stack_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{stack_url}/api/v1", timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def before(ada: Belongings, browser: object, stranger_csrf: object, bad_credentials: object) -> Json:
    return ada.state()


@pytest.fixture(scope="module")
def browser(ada: Belongings) -> dict[str, str]:
    """The cookies of Ada's browser."""
    return cookies_of(ada.person)


@pytest.fixture(scope="module")
def stranger_csrf(ada: Belongings, bob: Belongings) -> dict[str, str | None]:
    """Values of Stowage-Csrf that do not say that Ada's browser meant it, by whose they are."""
    return {
        "nobody's": None,
        "an empty one": "",
        "made up": "A" * 43,
        "Bob's": cookies_of(bob.person)["stowage_csrf"],
        "another session's of Ada": cookies_of(ada.person)["stowage_csrf"],
    }


def cookies_of(person: Person) -> dict[str, str]:
    body = {"email": person.email, "password": PASSWORD, "cookies": True}
    answer = httpx.post(f"{person.url}/api/v1/sessions", json=body, timeout=60)
    assert answer.status_code == 201, answer.text
    return dict(answer.cookies)


def sent(
    http: httpx.Client, operation: Operation, mine: Belongings, cookies: dict[str, str], csrf: str | None
) -> httpx.Response:
    request = request_for(operation, mine)
    headers = request.options["headers"] | {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    if csrf is not None:
        headers["Stowage-Csrf"] = csrf
    return http.request(request.method, request.url, **{**request.options, "headers": headers})


def test_the_right_cookies_are_let_in(http: httpx.Client, ada: Belongings, browser: dict[str, str]) -> None:
    """Otherwise the rest would prove nothing."""
    [report] = [each for each in OPERATIONS if each.id == "report_parts"]
    assert sent(http, report, ada, browser, browser["stowage_csrf"]).status_code == 204


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_no_bad_token_opens_as_a_cookie(
    operation: Operation,
    http: httpx.Client,
    ada: Belongings,
    browser: dict[str, str],
    bad_credentials: dict[str, str | None],
    before: Json,
) -> None:
    tokens = {
        name: value.removeprefix("Bearer ")
        for name, value in bad_credentials.items()
        if value and value.startswith("Bearer ")
    }
    answers = {
        name: sent(http, operation, ada, {**browser, "stowage_access": token}, browser["stowage_csrf"])
        for name, token in tokens.items()
    }
    assert len(answers) > 25
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 401)
    assert ada.state() == before


@pytest.mark.parametrize("operation", UNSAFE, ids=lambda each: each.id)
def test_nothing_is_changed_by_cookies_alone(
    operation: Operation,
    http: httpx.Client,
    ada: Belongings,
    browser: dict[str, str],
    stranger_csrf: dict[str, str | None],
    before: Json,
) -> None:
    answers = {whose: sent(http, operation, ada, browser, csrf) for whose, csrf in stranger_csrf.items()}
    told = {whose: (answer.status_code, answer.json()["code"]) for whose, answer in answers.items()}
    assert told == dict.fromkeys(answers, (403, "csrf_failed"))
    assert ada.state() == before
