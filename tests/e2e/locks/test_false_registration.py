"""Somebody writes an address of their own into Consul under a service's name."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import grpc
import httpx
import pytest

from local_stack.pki import ensure_certificates
from local_stack.stack import Stack
from tests.e2e.person import Person

VICTIMS = ["user-service", "file-metadata-service", "file-upload-service"]
REQUESTS = 10


class Overhearing(grpc.GenericRpcHandler):
    """Answers nothing, and writes down whatever it is asked."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> None:
        self.heard.append(handler_call_details.method)


@contextmanager
def impostor(folder: Path, name: str) -> Iterator[tuple[int, Overhearing]]:
    """A gRPC server with that certificate."""
    overhearing = Overhearing()
    server = grpc.server(ThreadPoolExecutor(4), handlers=[overhearing])
    pair = (folder / f"{name}.key").read_bytes(), (folder / f"{name}.pem").read_bytes()
    authority = (folder / "ca.pem").read_bytes()
    port = server.add_secure_port(
        "127.0.0.1:0", grpc.ssl_server_credentials([pair], authority, require_client_auth=False)
    )
    server.start()
    try:
        yield port, overhearing
    finally:
        server.stop(0).wait()


@contextmanager
def listener(knocked: threading.Event) -> Iterator[int]:
    """Takes connections, keeps them, and says nothing: not even that it does not speak TLS."""
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as kept:
        ended = threading.Event()

        def accept() -> None:
            while not ended.is_set():
                connection, _ = server.accept()
                kept.enter_context(connection)
                knocked.set()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        port: int = server.getsockname()[1]
        try:
            yield port
        finally:
            ended.set()
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join()


@contextmanager
def registered(stack: Stack, service: str, port: int) -> Iterator[None]:
    address = stack.env("api_gateway")["CONSUL_HTTP_ADDR"]
    false = {"Name": service, "ID": f"false-{port}", "Address": "127.0.0.1", "Port": port}
    httpx.put(f"{address}/v1/agent/service/register", json=false).raise_for_status()
    try:
        yield
    finally:
        httpx.put(f"{address}/v1/agent/service/deregister/{false['ID']}").raise_for_status()


@pytest.mark.timeout(300)
def test_a_false_registration_gets_no_call_and_costs_none(
    stack: Stack, tmp_path: Path, person: Person
) -> None:
    """Under each name at once: one who says nothing, one of another authority, one of our own services."""
    stack.wait_until_ready()
    ensure_certificates(tmp_path, VICTIMS)
    overhearing, knocks = [], []
    with ExitStack() as opened:
        for victim in VICTIMS:
            knocks.append(threading.Event())
            foreign, first = opened.enter_context(impostor(tmp_path, victim))
            compromised, second = opened.enter_context(impostor(stack.home.tls, another_than(victim)))
            silent = opened.enter_context(listener(knocks[-1]))
            overhearing += [first, second]
            for port in (foreign, compromised, silent):
                opened.enter_context(registered(stack, victim, port))
        assert all(knock.wait(30) for knock in knocks), "the false address was never tried"

        for number in range(REQUESTS):
            use_each_service(person, number)

    assert [it.heard for it in overhearing] == [[]] * len(overhearing)
    assert len(person.names()) == 2 * REQUESTS


def another_than(service: str) -> str:
    return next(name for name in VICTIMS if name != service)


def use_each_service(person: Person, number: int) -> None:
    """Nothing is repeated: each of these must work at once."""
    steps: list[Callable[[], object]] = [
        person.sign_in,
        lambda: person.request("GET", "/account"),
        lambda: person.request("POST", "/folders", json={"parent_id": "root", "name": f"folder {number}"}),
        lambda: person.put(f"file {number}", b"content"),
        lambda: person.names(),
    ]
    for step in steps:
        step()
