"""One way through everything, on the fakes and on the real stack: every answer of both is held against the document."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from local_stack.stack import Stack
from tests.api.browser import PLAIN, Browser, cleared
from tests.api.conftest import PASSWORD, Door
from tests.fakes.gateway import GatewayWorld


@pytest.fixture(scope="module")
def stack_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    stack = Stack(tmp_path_factory.mktemp("stack"), port=0)
    try:
        stack.up()
        yield stack.url
    finally:
        stack.down()


@pytest.fixture(params=["fakes", "real stack"])
async def anybody(request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    door = Door(GatewayWorld().application())
    if request.param == "real stack":
        await door.http.aclose()
        door.http = httpx.AsyncClient(base_url=request.getfixturevalue("stack_address"), timeout=30)
    async with door.http:
        yield door


@pytest.fixture
async def browser(anybody: Door) -> Browser:
    browser = Browser(GatewayWorld().application())
    await browser.http.aclose()
    browser.http = anybody.http
    return browser


@pytest.fixture
async def somebody(anybody: Door) -> Door:
    await anybody.sign_up(f"{secrets.token_hex(8)}@example.com")
    return anybody


async def test_an_account_from_its_beginning_to_signing_out(anybody: Door) -> None:
    email = f"{secrets.token_hex(8)}@example.com"
    tokens = await anybody.sign_up(email)
    assert (await anybody.get("/account")).json()["email"] == email
    assert (await anybody.request("PATCH", "/account", json={"display_name": "Ada"})).json()[
        "display_name"
    ] == "Ada"
    assert (
        await anybody.post("/accounts", json={"email": email, "password": "something else entirely"})
    ).status_code == 409
    assert (
        await anybody.post("/sessions", json={"email": email, "password": "wrong password"})
    ).status_code == 401
    renewed = await anybody.post("/sessions/refresh", json={"refresh_token": tokens["refresh_token"]})
    anybody.token = renewed.json()["access_token"]
    change = {"current_password": PASSWORD, "new_password": "seven red bicycles on a hill"}
    assert (await anybody.post("/account/password", json=change)).status_code == 204
    assert len((await anybody.get("/sessions")).json()["items"]) == 1
    assert (await anybody.request("DELETE", "/sessions/current")).status_code == 204
    assert (await anybody.get("/account")).json()["code"] == "session_ended"


async def test_a_browsers_session_through_renewals_a_new_password_and_revocation(browser: Browser) -> None:
    email = f"{secrets.token_hex(8)}@example.com"
    signed_in = await browser.sign_up(email)
    csrf = browser.cookie("csrf")
    before = {"Cookie": f"stowage_refresh={browser.cookie('refresh')}"}

    tabs = await asyncio.gather(*(browser.post("/sessions/refresh", headers=before) for _ in range(2)))
    assert [tab.status_code for tab in tabs] == [200, 200]
    assert tabs[0].cookies["stowage_refresh"] == tabs[1].cookies["stowage_refresh"]
    assert browser.cookie("csrf") == csrf
    assert (await browser.post("/sessions/refresh")).status_code == 200

    change = {"current_password": PASSWORD, "new_password": "seven red bicycles on a hill"}
    assert (await browser.post("/account/password", json=change, csrf=None)).json()["code"] == "csrf_failed"
    assert (await browser.post("/account/password", json=change)).status_code == 204
    assert (await browser.post("/sessions/refresh")).status_code == 200
    assert (await browser.get("/account")).json()["email"] == email

    body = {"email": email, "password": change["new_password"]}
    elsewhere = {
        "Authorization": f"Bearer {(await browser.post('/sessions', json=body)).json()['access_token']}"
    }
    ended = await browser.request("DELETE", f"/sessions/{signed_in['session_id']}", headers=elsewhere)
    assert (ended.status_code, cleared(ended)) == (204, set())
    assert (await browser.get("/account")).json()["code"] == "session_ended"
    refused = await browser.post("/sessions/refresh")
    assert (refused.json()["code"], cleared(refused)) == ("refresh_token_invalid", PLAIN)


async def test_a_browser_that_signs_out_has_nothing_left(browser: Browser) -> None:
    await browser.sign_up(f"{secrets.token_hex(8)}@example.com")
    kept = "; ".join(f"stowage_{kind}={browser.cookie(kind)}" for kind in ("access", "refresh"))
    csrf = browser.cookie("csrf")
    assert cleared(await browser.request("DELETE", "/sessions/current")) == PLAIN
    # Even somebody who had copied them.
    theirs: dict[str, Any] = {"headers": {"Cookie": kept}, "csrf": csrf}
    assert (await browser.get("/account", **theirs)).json()["code"] == "session_ended"
    assert (await browser.post("/sessions/refresh", **theirs)).json()["code"] == "refresh_token_invalid"
    again = await browser.request("DELETE", "/sessions/current", **theirs)
    assert again.json()["code"] == "session_ended"
    assert cleared(again) == PLAIN


async def test_a_folder_from_its_making_to_its_restoring(somebody: Door) -> None:
    films, old = await somebody.folder("films"), await somebody.folder("old")
    moved = await somebody.request(
        "PATCH",
        f"/nodes/{old['id']}",
        json={"parent_id": films["id"], "name": "older"},
        headers={"If-Match": "*"},
    )
    assert moved.json()["id"] == old["id"]
    assert (await somebody.get("/paths/films/older")).json()["id"] == old["id"]
    cycle = await somebody.request("PATCH", f"/nodes/{films['id']}", json={"parent_id": old["id"]})
    assert cycle.json()["code"] == "would_make_cycle"
    assert (await somebody.post("/folders", json={"parent_id": "root", "name": "FILMS"})).status_code == 409
    stale = await somebody.request("DELETE", f"/nodes/{films['id']}", headers={"If-Match": '"999"'})
    assert stale.status_code == 412
    assert (await somebody.request("DELETE", f"/nodes/{films['id']}")).status_code == 200
    assert (await somebody.get(f"/nodes/{old['id']}")).status_code == 404
    assert len((await somebody.get("/trash")).json()["items"]) == 1
    assert (await somebody.post(f"/trash/{films['id']}/restore", json={})).json()["id"] == films["id"]
    assert (await somebody.get("/folders/root/entries?sort=updated&order=desc")).status_code == 200
    assert (await somebody.get("/folders/root/entries?cursor=made-up")).json()["code"] == "cursor_invalid"
    assert (await somebody.get("/trash?cursor=made-up")).json()["code"] == "cursor_invalid"
    assert (await somebody.get("/uploads?cursor=made-up")).json()["code"] == "cursor_invalid"
    assert (await somebody.request("DELETE", "/nodes/root")).json()["code"] == "root_is_fixed"


async def test_a_file_goes_in_and_comes_out_through_the_gateway(somebody: Door) -> None:
    content = secrets.token_bytes(300_000)
    file = await somebody.file(content, "night.bin")
    assert (await somebody.get("/drive")).json()["bytes_used"] == len(content)
    whole = await somebody.get(f"/files/{file['id']}/content?relay=1")
    part = await somebody.get(f"/files/{file['id']}/content?relay=1", headers={"Range": "bytes=10-19"})
    assert (whole.content, part.content) == (content, content[10:20])
    behind = await somebody.get(f"/files/{file['id']}/content?relay=1", headers={"Range": "bytes=300000-"})
    assert behind.status_code == 416
    assert (await somebody.get(f"/files/{file['id']}/content")).status_code == 302
    link = (await somebody.get(f"/files/{file['id']}/content?url=1")).json()
    assert (link["size"], link["name"]) == (len(content), "night.bin")


async def test_an_upload_with_every_mistake_on_the_way(somebody: Door) -> None:
    content = b"hello"
    sha256 = hashlib.sha256(content).hexdigest()
    upload = await somebody.upload(len(content))
    path = f"/uploads/{upload['id']}"
    assert (await somebody.post(f"{path}/complete", json={})).json()["code"] == "parts_missing"
    wrong = await somebody.request("PUT", f"{path}/parts/1", content=b"hell")
    assert wrong.json()["code"] == "part_length_wrong"
    beyond = {"parts": [{"number": 2, "sha256": sha256}]}
    assert (await somebody.post(f"{path}/urls", json=beyond)).json()["code"] == "part_number_invalid"
    refused = await somebody.request(
        "PUT", f"{path}/parts/1", content=b"world", headers={"Stowage-Part-Sha256": sha256}
    )
    assert refused.json()["code"] == "part_refused"
    sent = await somebody.request(
        "PUT", f"{path}/parts/1", content=content, headers={"Stowage-Part-Sha256": sha256}
    )
    assert sent.status_code == 200
    again = await somebody.request("PUT", f"{path}/parts/1", content=content)
    assert again.status_code == 200
    other = {"parts": [{"number": 1, "sha256": "0" * 64}]}
    assert (await somebody.post(f"{path}/urls", json=other)).json()["code"] == "part_claimed"
    done = await somebody.post(f"{path}/complete", json={})
    assert done.json()["state"] == "committed"
    assert (await somebody.request("DELETE", path)).json()["code"] == "already_committed"
    assert (await somebody.post(f"{path}/complete", json={})).status_code == 200
    assert (await somebody.request("PUT", f"{path}/parts/1", content=content)).json()[
        "code"
    ] == "upload_not_open"


async def test_an_upload_that_is_given_up(somebody: Door) -> None:
    upload = await somebody.upload(5)
    assert (await somebody.request("DELETE", f"/uploads/{upload['id']}")).json()["state"] in (
        "aborting",
        "aborted",
    )
    assert (await somebody.request("DELETE", f"/uploads/{upload['id']}")).status_code == 200
    late = await somebody.request("PUT", f"/uploads/{upload['id']}/parts/1", content=b"hello")
    assert late.json()["code"] == "upload_not_open"


async def test_what_is_too_large_for_any_drive_is_refused(somebody: Door) -> None:
    answer = await somebody.post("/uploads", json={"folder_id": "root", "name": "x", "size": 2**43})
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
