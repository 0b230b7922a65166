"""Is it well? One request with a short deadline; no client library, no proxy settings."""

import http.client
import socket
import time
from collections.abc import Callable
from urllib.parse import SplitResult, unquote, urlsplit

from local_stack.errors import StackError


def is_healthy(probe: str, *, timeout_seconds: float = 2.0) -> bool:
    """Whether the address answers.

    http://…: any status below 500 (DynamoDB Local answers a plain GET with 400, and is well).
    redis://[:password@]host:port: PONG to a PING.
    """
    url = urlsplit(probe)
    try:
        return (
            _redis_answers(url, timeout_seconds)
            if url.scheme == "redis"
            else _http_answers(url, timeout_seconds)
        )
    except (OSError, http.client.HTTPException):
        return False


def _http_answers(url: SplitResult, timeout_seconds: float) -> bool:
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=timeout_seconds)
    try:
        connection.request("GET", url._replace(scheme="", netloc="").geturl() or "/")
        with connection.getresponse() as answer:  # its own to close, if the server ends the connection
            return answer.status < 500
    finally:
        connection.close()


def _redis_answers(url: SplitResult, timeout_seconds: float) -> bool:
    with socket.create_connection((url.hostname, url.port or 6379), timeout_seconds) as connection:
        if url.password:
            connection.sendall(f"AUTH {unquote(url.password)}\r\n".encode())
            connection.recv(100)
        connection.sendall(b"PING\r\n")
        return connection.recv(100).startswith(b"+PONG")


def wait_until_healthy(
    name: str, probe: str, *, timeout_seconds: float, is_alive: Callable[[], bool] = lambda: True
) -> None:
    """Return as soon as it is well. Raises StackError when the time is up or `is_alive` says no."""
    deadline = time.monotonic() + timeout_seconds
    while not is_healthy(probe):
        if not is_alive():
            raise StackError(f"{name} ended while starting")
        if time.monotonic() > deadline:
            raise StackError(f"{name} did not become healthy in {timeout_seconds:.0f} seconds")
        time.sleep(0.05)
