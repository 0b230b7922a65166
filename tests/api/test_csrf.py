"""Pages of other sites cannot make a browser change anything here, though it sends its cookies along."""

from typing import Any

import pytest

from api_gateway.adapters.http.wiring import Bounds
from tests.api.browser import Browser, set_cookies
from tests.api.conftest import PASSWORD
from tests.api.test_callers import guarded
from tests.fakes.gateway import GatewayWorld

FRIEND = "https://files.example.com"
# What browsers say of a request that a page of another site made.
FROM_ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://neighbour.gateway"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://gateway"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "http://gateway:8080"},
    {"Origin": "http://gateway.evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://["},
    {"Origin": FRIEND},
]
FROM_HERE: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://gateway"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://gateway"},
    {"Origin": "https://gateway"},  # what took HTTPS off stands in front
]
UNSAFE = [(method, path) for method, path in guarded() if method not in ("GET", "HEAD")]


@pytest.fixture
async def browser(world: GatewayWorld) -> Browser:
    """Ada has signed in, on a server that lets a friendly site use access tokens."""
    browser = Browser(world.application(Bounds(cors_origins=frozenset({FRIEND}))))
    await browser.sign_up()
    return browser


def refused(answer: Any) -> bool:
    return (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


@pytest.mark.parametrize(("method", "path"), UNSAFE)
async def test_no_operation_changes_anything_without_the_token(
    browser: Browser, method: str, path: str
) -> None:
    assert refused(await browser.request(method, path, csrf=None))
    assert refused(await browser.request(method, path, headers=FROM_ELSEWHERE[0]))
    assert (await browser.get("/account")).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "\xff", "A" * 43])
async def test_another_token_is_none(browser: Browser, token: str) -> None:
    headers = {"Stowage-Csrf": token.encode("latin-1")}
    assert refused(await browser.request("PATCH", "/account", json={}, headers=headers))


async def test_a_token_fits_no_session_but_its_own(browser: Browser, world: GatewayWorld) -> None:
    grace = Browser(world.application())
    await grace.sign_up("grace@example.com")
    of_grace = grace.cookie("csrf")
    planted = {"Cookie": f"stowage_access={browser.cookie('access')}; stowage_csrf={of_grace}"}
    assert refused(await browser.request("PATCH", "/account", json={}, csrf=of_grace, headers=planted))
    refresh = {"Cookie": f"stowage_refresh={browser.cookie('refresh')}; stowage_csrf={of_grace}"}
    assert refused(await browser.post("/sessions/refresh", csrf=of_grace, headers=refresh))


@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
async def test_other_sites_are_refused_even_with_the_token(browser: Browser, headers: dict[str, str]) -> None:
    assert refused(await browser.request("PATCH", "/account", json={}, headers=headers))
    assert refused(await browser.post("/sessions/refresh", headers=headers))


@pytest.mark.parametrize("headers", FROM_HERE)
async def test_pages_of_this_server_are_served(browser: Browser, headers: dict[str, str]) -> None:
    assert (await browser.request("PATCH", "/account", json={}, headers=headers)).status_code == 200
    assert (await browser.post("/sessions/refresh", headers=headers)).status_code == 200


@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
async def test_no_other_site_signs_a_browser_in(
    browser: Browser, world: GatewayWorld, headers: dict[str, str]
) -> None:
    tried = len(world.people.addresses)
    body = {"email": "ada@example.com", "password": PASSWORD, "cookies": True}
    answer = await browser.post("/sessions", json=body, headers=headers)
    assert refused(answer)
    assert set_cookies(answer) == {}
    assert len(world.people.addresses) == tried


async def test_a_form_signs_nobody_in(browser: Browser) -> None:
    """What a page of another site can send without being asked by its browser: forms, not JSON."""
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        body = b'{"email":"ada@example.com","password":"' + PASSWORD.encode() + b'","cookies":true}'
        answer = await browser.post("/sessions", content=body, headers={"Content-Type": media_type})
        assert (answer.status_code, set_cookies(answer)) == (415, {})


async def test_an_access_token_needs_no_csrf_token_wherever_it_comes_from(
    browser: Browser, world: GatewayWorld
) -> None:
    body = {"email": "ada@example.com", "password": PASSWORD}
    elsewhere = {"Origin": FRIEND, "Sec-Fetch-Site": "cross-site"}
    tokens = (await browser.post("/sessions", json=body, headers=elsewhere)).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = await browser.request("PATCH", "/account", json={}, headers=elsewhere | bearer, csrf=None)
    assert answer.status_code == 200


async def test_reading_needs_no_csrf_token(browser: Browser) -> None:
    assert (await browser.get("/account", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 200


async def test_an_ended_session_is_told_so_rather_than_asked_for_its_token(
    browser: Browser, world: GatewayWorld
) -> None:
    world.people.ended |= set(world.people.sessions)
    answer = await browser.request("PATCH", "/account", json={}, csrf=None)
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")
