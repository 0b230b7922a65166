"""A browser's session: cookies that scripts cannot read, kept through renewals, gone with the session."""

import asyncio

import pytest

from api_gateway.adapters.http.addresses import networks
from api_gateway.adapters.http.wiring import Bounds
from tests.api.browser import PLAIN, SECURE, Browser, cleared, set_cookies
from tests.api.conftest import PASSWORD, Door
from tests.fakes.gateway import GatewayWorld

SIGN_IN = {"email": "ada@example.com", "password": PASSWORD, "cookies": True}


@pytest.fixture
async def browser(world: GatewayWorld) -> Browser:
    """Ada has signed in."""
    browser = Browser(world.application())
    await browser.sign_up()
    return browser


async def test_signing_in_sets_three_cookies_and_tells_scripts_no_token(browser: Browser) -> None:
    answer = await browser.post("/sessions", json=SIGN_IN)

    cookies = set_cookies(answer)
    lives = {name: _max_age(attributes) for name, attributes in cookies.items()}
    assert {name: attributes - {f"Max-Age={lives[name]}"} for name, attributes in cookies.items()} == {
        "stowage_access": {"HttpOnly", "SameSite=lax", "Path=/"},
        "stowage_refresh": {"HttpOnly", "SameSite=strict", "Path=/api/v1/sessions"},
        "stowage_csrf": {"SameSite=strict", "Path=/"},
    }
    assert 590 <= lives["stowage_access"] <= 600
    assert 2_591_990 <= lives["stowage_refresh"] == lives["stowage_csrf"] <= 2_592_000
    assert answer.json().keys() == {"account", "access_expires_at", "refresh_expires_at", "session_id"}


async def test_without_asking_for_them_no_cookie_is_set(browser: Browser) -> None:
    answer = await browser.post("/sessions", json={**SIGN_IN, "cookies": False})
    assert set_cookies(answer) == {}
    assert answer.json()["access_token"]


async def test_a_browser_with_cookies_reads_changes_and_downloads(browser: Browser) -> None:
    file = await browser.file(b"Dear Charles")
    content = await browser.get(f"/files/{file['id']}/content?relay=1")
    assert content.content == b"Dear Charles"
    assert (await browser.get("/account")).json()["id"] == browser.account_id
    assert (await browser.request("PATCH", "/account", json={"display_name": "A."})).status_code == 200


@pytest.mark.parametrize(
    ("trusted", "said", "names"),
    [
        (("192.0.2.7",), "https", SECURE),
        (("192.0.2.7",), "HTTPS, http", SECURE),
        (("192.0.2.7",), "http", PLAIN),
        (("192.0.2.7",), "", PLAIN),
        (("198.51.100.1",), "https", PLAIN),
        ((), "https", PLAIN),
    ],
)
async def test_cookies_are_for_https_only_where_a_trusted_proxy_says_so(
    world: GatewayWorld, trusted: tuple[str, ...], said: str, names: set[str]
) -> None:
    browser = Browser(world.application(Bounds(trusted_proxies=networks(trusted))))
    await browser.post("/accounts", json={"email": "ada@example.com", "password": PASSWORD})

    answer = await browser.post("/sessions", json=SIGN_IN, headers={"X-Forwarded-Proto": said})

    cookies = set_cookies(answer)
    assert cookies.keys() == names
    assert {"Secure" in attributes for attributes in cookies.values()} == {names is SECURE}
    assert ("strict-transport-security" in answer.headers) is (names is SECURE)


async def test_a_whole_session_over_https(world: GatewayWorld) -> None:
    browser = Browser(world.application())
    browser.http.base_url = "https://gateway"
    await browser.sign_up()
    assert (await browser.post("/sessions/refresh")).status_code == 200
    assert (await browser.get("/account")).status_code == 200
    assert cleared(await browser.request("DELETE", "/sessions/current")) == SECURE
    assert (await browser.get("/account")).json()["code"] == "unauthenticated"


async def test_over_https_a_cookie_that_anybody_could_have_planted_counts_for_nothing(
    browser: Browser, world: GatewayWorld
) -> None:
    planted = f"stowage_access={browser.cookie('access')}"
    door = Browser(world.application())
    door.http.base_url = "https://gateway"
    assert (await door.get("/account", headers={"Cookie": planted})).status_code == 401
    assert (await door.get("/account", headers={"Cookie": f"__Host-{planted}"})).status_code == 200


@pytest.mark.parametrize(
    "shape",
    [
        "{name}={value}",
        " ;; x; =y;{name}={value};",
        "{name}={value}; {name}={value}",
        "é=\x80; {name}= {value} ",
    ],
)
async def test_a_cookie_is_found_in_whatever_is_around_it(browser: Browser, shape: str) -> None:
    header = shape.format(name="stowage_access", value=browser.cookie("access"))
    browser.http.cookies.clear()
    answer = await browser.get("/account", headers={"Cookie": header.encode("latin-1")})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "stowage_access",
        "stowage_access=",
        "stowage_access=a.b.c",
        "stowage_access=\xff\xfe",
        "=",
        "\x01;" * 99,
    ],
)
async def test_what_is_no_cookie_of_ours_is_refused(door: Door, header: str) -> None:
    answer = await door.get("/account", headers={"Cookie": header.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_of_two_cookies_neither_is_believed(browser: Browser) -> None:
    mine = browser.cookie("access")
    for second in ("planted", ""):
        header = f"stowage_access={mine}; stowage_access={second}"
        answer = await browser.get("/account", headers={"Cookie": header})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    header = f"stowage_refresh={browser.cookie('refresh')}; stowage_refresh=planted"
    answer = await browser.post("/sessions/refresh", headers={"Cookie": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_an_authorization_header_wins_over_cookies(browser: Browser, world: GatewayWorld) -> None:
    grace = Door(world.application())
    await grace.sign_up("grace@example.com")
    bearer = {"Authorization": f"Bearer {grace.token}"}
    as_grace = await browser.request("PATCH", "/account", json={}, headers=bearer, csrf=None)
    assert as_grace.json()["id"] == grace.account_id
    for nonsense in ("Bearer x.y.z", "Basic YWRhOmFkYQ==", ""):
        answer = await browser.get("/account", headers={"Authorization": nonsense})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    signed_out = await browser.request("DELETE", "/sessions/current", headers=bearer, csrf=None)
    assert (signed_out.status_code, set_cookies(signed_out)) == (204, {})


async def test_renewing_rotates_the_cookies_and_keeps_the_csrf_token(browser: Browser) -> None:
    before = {kind: browser.cookie(kind) for kind in ("refresh", "csrf")}
    answer = await browser.post("/sessions/refresh")
    assert answer.json().keys() == {"access_expires_at", "refresh_expires_at", "session_id"}
    assert set_cookies(answer).keys() == PLAIN
    assert browser.cookie("refresh") != before["refresh"]
    assert browser.cookie("csrf") == before["csrf"]
    assert (await browser.post("/sessions/refresh", json={})).status_code == 200


async def test_two_tabs_that_renew_at_once_stay_signed_in(browser: Browser) -> None:
    cookies = {"Cookie": f"stowage_refresh={browser.cookie('refresh')}"}
    first, second = await asyncio.gather(
        browser.post("/sessions/refresh", headers=cookies), browser.post("/sessions/refresh", headers=cookies)
    )
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.cookies["stowage_refresh"] == second.cookies["stowage_refresh"]
    assert (await browser.post("/sessions/refresh")).status_code == 200


async def test_a_token_in_the_body_wins_and_needs_no_csrf_token(
    browser: Browser, world: GatewayWorld
) -> None:
    grace = await Door(world.application()).sign_up("grace@example.com")
    body = {"refresh_token": grace["refresh_token"]}
    answer = await browser.post("/sessions/refresh", json=body, csrf=None)
    assert answer.json()["session_id"] == grace["session_id"]
    assert set_cookies(answer) == {}


async def test_renewing_an_ended_session_clears_its_cookies(browser: Browser, world: GatewayWorld) -> None:
    world.people.ended |= set(world.people.sessions)
    answer = await browser.post("/sessions/refresh")
    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_token_invalid")
    assert cleared(answer) == PLAIN
    assert browser.cookie("csrf") == ""


@pytest.mark.parametrize("cookie", ["", "stowage_refresh=", "stowage_refresh=nonsense", "stowage_refresh=0."])
async def test_without_anything_to_renew_it_says_so(door: Door, cookie: str) -> None:
    answer = await door.post("/sessions/refresh", headers={"Cookie": cookie})
    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_token_invalid")


async def test_signing_out_clears_the_cookies(browser: Browser) -> None:
    assert cleared(await browser.request("DELETE", "/sessions/current")) == PLAIN
    assert browser.cookie("access") == browser.cookie("refresh") == browser.cookie("csrf") == ""


async def test_signing_out_clears_them_though_the_session_is_over(
    browser: Browser, world: GatewayWorld
) -> None:
    world.people.ended |= set(world.people.sessions)
    answer = await browser.request("DELETE", "/sessions/current")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")
    assert cleared(answer) == PLAIN


async def test_signing_another_device_out_leaves_the_cookies(browser: Browser, world: GatewayWorld) -> None:
    own = (await browser.get("/sessions")).json()["items"][0]["id"]
    other = Browser(world.application())
    other_id = (await other.sign_in())["session_id"]
    assert set_cookies(await browser.request("DELETE", f"/sessions/{other_id}")) == {}
    assert (await other.get("/account")).json()["code"] == "session_ended"
    assert cleared(await browser.request("DELETE", f"/sessions/{own}")) == PLAIN


async def test_a_session_that_is_over_is_refused_elsewhere_without_touching_cookies(
    browser: Browser, world: GatewayWorld
) -> None:
    """Another tab may have signed in anew meanwhile; a late answer must not clear that."""
    world.people.ended |= set(world.people.sessions)
    answer = await browser.get("/account")
    assert (answer.json()["code"], set_cookies(answer)) == ("session_ended", {})


async def test_a_new_password_keeps_the_session_that_set_it(browser: Browser) -> None:
    change = {"current_password": PASSWORD, "new_password": "seven red bicycles on a hill"}
    assert (await browser.post("/account/password", json=change)).status_code == 204
    assert (await browser.get("/account")).status_code == 200
    assert (await browser.post("/sessions/refresh")).status_code == 200


def _max_age(attributes: set[str]) -> int:
    return next(int(each.partition("=")[2]) for each in attributes if each.startswith("Max-Age="))
