"""Who is let in: on every operation that is not public, before a byte of its body is read."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.api.conftest import Door
from tests.api.declared import declared
from tests.fakes.gateway import GatewayWorld
from tests.fakes.token_keys import TokenKeys

PUBLIC = {"register", "sign_in", "refresh", "live", "ready"}
ID = "0" * 32


def guarded() -> list[tuple[str, str]]:
    """Every operation that needs a token, with ids that exist nowhere."""
    return [
        (method, _filled(path).removeprefix("/api/v1"))
        for method, path, operation in declared().operations()
        if operation["operationId"] not in PUBLIC
    ]


def _filled(path: str) -> str:
    for name in ("node_id", "file_id", "upload_id", "session_id"):
        path = path.replace(f"{{{name}}}", ID)
    return path.replace("{number}", "1").replace("{path}", "films")


def refused(answer: httpx.Response, status: int, *codes: str) -> None:
    """The answer to HEAD has no body to hold a code."""
    assert answer.status_code == status
    assert answer.request.method == "HEAD" or answer.json()["code"] in codes


def unsigned(**claims: object) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'kid': 'k1'})}.{part(claims)}."


@pytest.mark.parametrize(("method", "path"), guarded())
async def test_without_a_token_nobody_gets_in(door: Door, method: str, path: str) -> None:
    answer = await door.request(method, path)
    refused(answer, 401, "unauthenticated")


@pytest.mark.parametrize(("method", "path"), guarded())
async def test_an_ended_session_is_refused_everywhere(
    ada: Door, world: GatewayWorld, method: str, path: str
) -> None:
    world.people.ended |= set(world.people.sessions)
    answer = await ada.request(method, path)
    refused(answer, 401, "session_ended")


def test_only_these_operations_are_public(door: Door) -> None:
    public = {op["operationId"] for _, _, op in door.declared.operations() if "security" not in op}
    assert public == PUBLIC


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YWRhOmFkYQ==",
        "Bearer nonsense",
        "bearer a.b.c",
        f"Bearer {unsigned(sub=ID)}",
    ],
)
async def test_what_is_no_token_of_ours_is_refused(door: Door, authorization: str) -> None:
    answer = await door.get("/account", headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_an_expired_a_foreign_and_a_misdirected_token_are_refused(
    door: Door, world: GatewayWorld
) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    for token in (world.keys.token(now=long_ago), TokenKeys("k1").token(), world.keys.token(aud="others")):
        answer = await door.get("/account", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_without_the_signing_keys_it_says_so_instead_of_doubting_the_person(
    door: Door, world: GatewayWorld
) -> None:
    token = world.keys.token()
    world.keys.away = True
    answer = await door.get("/account", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_the_scheme_is_spelled_in_any_case(ada: Door) -> None:
    answer = await ada.get("/account", headers={"Authorization": f"bEARER {ada.token}"})
    assert answer.status_code == 200


async def test_a_session_that_the_cache_knows_costs_no_call(ada: Door, world: GatewayWorld) -> None:
    (session_id,) = world.people.sessions
    world.cache.notes[f"session:{session_id}"] = f"live:{ada.account_id}"
    await ada.get("/account")
    assert world.people.checks == 0


async def test_a_note_about_another_account_is_not_believed(ada: Door, world: GatewayWorld) -> None:
    (session_id,) = world.people.sessions
    world.cache.notes[f"session:{session_id}"] = "live:" + "f" * 32
    await ada.get("/account")
    assert world.people.checks == 1


async def test_a_tombstone_in_the_cache_is_enough_to_refuse(ada: Door, world: GatewayWorld) -> None:
    (session_id,) = world.people.sessions
    world.cache.notes[f"session:{session_id}"] = "ended"
    assert (await ada.get("/account")).json()["code"] == "session_ended"
    assert world.people.checks == 0


async def test_a_strangers_body_is_not_read(door: Door) -> None:
    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append(1)
        yield b"{}"

    # httpx asks for the body only when the application does
    answer = await door.post("/folders", content=body(), headers={"Content-Type": "application/json"})

    assert answer.status_code == 401
    assert read == []


@pytest.mark.parametrize(("method", "path"), [each for each in guarded() if ID in each[1]])
async def test_what_exists_nowhere_is_not_found_whoever_asks(ada: Door, method: str, path: str) -> None:
    body: dict[str, object] | None = None
    if path.endswith("/urls"):
        body = {"parts": [{"number": 1, "sha256": "0" * 64}]}
    elif path.endswith("/parts"):
        body = {"parts": [{"number": 1, "etag": '"x"'}]}
    elif path.endswith("/copy"):
        body = {"parent_id": "root"}
    elif path.endswith("/known"):
        body = {"content_hash": "0" * 64}
    elif method == "PATCH":
        body = {"keep": True} if "/versions/" in path else {"name": "x"}

    if path.endswith("/stream"):
        answer = await ada.request(method, f"{path}?offset=0", content=b"x")
    else:
        answer = await ada.request(method, path, json=body)

    refused(answer, 404, "node_not_found", "upload_not_found", "session_not_found")
