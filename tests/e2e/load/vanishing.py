"""A client that goes away in the middle of whatever it asks for: every operation of the document, cut at each place."""

import socket
import struct
import time
import uuid
from collections.abc import Iterator
from enum import Enum
from urllib.parse import urlsplit

import httpx

from api_gateway.adapters.http.application import described
from tests.e2e.front_door.belongings import Belongings
from tests.e2e.front_door.operations import guarded_operations
from tests.e2e.front_door.requests import request_for
from tests.e2e.person import PASSWORD

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER for no time at all: the other side gets a reset, not an end
_UNDER_WAY_SECONDS = 0.005


class Cut(Enum):
    HEAD = "in the middle of the head"
    BODY = "after the head, and with half a body if there is one"
    ANSWER = "before the answer is read"


def every_request(mine: Belongings, another_session: str) -> Iterator[httpx.Request]:
    """One of each operation, right but for its end; what ends a session ends the other one.

    Fails for an operation that it does not know.
    """
    base, token = f"{mine.person.url}/api/v1", {"Authorization": f"Bearer {mine.person.token}"}
    known = set()
    for operation in guarded_operations():
        known.add(operation.id)
        sessions = {slot: another_session for slot in operation.slots if slot.kind == "session"}
        request = request_for(operation, mine, foreign=sessions)
        request.options["headers"] |= token
        if operation.id == "get_content":
            request.options["params"]["relay"] = "1"
        yield httpx.Request(request.method, f"{base}{request.url}", **request.options)
    who = {"email": mine.person.email, "password": PASSWORD}
    for name, (path, body) in {
        "register": ("/accounts", {**who, "email": f"{uuid.uuid4().hex}@example.com"}),
        "sign_in": ("/sessions", who),
        "refresh": ("/sessions/refresh", {"refresh_token": "c3Rvd2FnZS1yZWZyZXNoLXRva2Vu"}),
    }.items():
        known.add(name)
        yield httpx.Request("POST", f"{base}{path}", json=body)
    for name in ("live", "ready"):
        known.add(name)
        yield httpx.Request("GET", f"{mine.person.url}/health/{name}")
    assert known == set(_operation_ids())


def vanish_from_everything(mine: Belongings, another_session: str) -> None:
    """Each operation, cut at each place."""
    for cut in Cut:
        for request in every_request(mine, another_session):
            vanish(request, cut)


def vanish(request: httpx.Request, cut: Cut) -> None:
    """Send as much of it as `cut` says, and be gone."""
    url = urlsplit(str(request.url))
    head, body = _raw(request), request.read()
    with socket.create_connection((url.hostname or "", url.port or 80)) as client:
        if cut is Cut.HEAD:
            client.sendall(head[: len(head) // 2])
        elif cut is Cut.BODY:
            client.sendall(head + body[: len(body) // 2])
        else:
            client.sendall(head + body)
            time.sleep(_UNDER_WAY_SECONDS)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def _raw(request: httpx.Request) -> bytes:
    lines = [f"{request.method} {request.url.raw_path.decode()} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def _operation_ids() -> Iterator[str]:
    for methods in described()["paths"].values():
        for operation in methods.values():
            yield operation["operationId"]
