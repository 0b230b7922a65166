"""The few questions we ask Consul, by python-consul2, on a connection that another thread can interrupt."""

import http.client
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import consul
from consul import base

from chassis.engine_calls import engine_calls


class ConsulError(Exception):
    """Consul does not answer, or not with what was asked for."""


@dataclass(frozen=True, slots=True, order=True)
class Instance:
    """One running copy of a service: Consul's service id, and where it takes calls."""

    id: str
    host: str
    port: int


class ConsulClient:
    """One connection. Every method raises ConsulError."""

    def __init__(self, address: str, *, token: str = "", timeout_seconds: float) -> None:
        self._wire = _Wire(address, timeout_seconds)
        access = _Access(self._wire, token)
        self._agent = base.Consul.Agent(access)
        self._health = base.Consul.Health(access)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.close()

    def interrupt(self) -> None:
        """Make a question that another thread is waiting for fail now, and every later one."""
        self._wire.interrupt()

    def knows(self, instance_id: str) -> bool:
        """Whether this agent has the instance in its own list."""
        return instance_id in self._ask(self._agent.services)

    def register(self, service: str, instance: Instance, *, check_url: str) -> None:
        """Put the instance on the list; it counts as healthy once `check_url` answers 200."""
        # A minute is the least that Consul takes for sweeping away what nobody deregistered.
        check = base.Check.http(check_url, interval="1s", timeout="2s", deregister="1m")
        self._ask(
            self._agent.service.register,
            service,
            service_id=instance.id,
            address=instance.host,
            port=instance.port,
            check=check,
        )

    def deregister(self, instance_id: str) -> None:
        """Take the instance off the list; harmless if it is not there."""
        self._ask(self._agent.service.deregister, instance_id)

    def healthy(self, service: str, index: int | None, wait_seconds: int) -> tuple[int, tuple[Instance, ...]]:
        """The healthy instances in order of id, and the index to ask with next time.

        With an index, waits up to `wait_seconds` (and Consul's sixteenth on top) for a change.
        """
        following, entries = self._ask(
            self._health.service, service, index=index, wait=f"{wait_seconds}s", passing=True
        )
        return int(following), tuple(sorted(_instance(entry) for entry in entries or ()))

    def _ask(self, question: Callable[..., Any], *args: object, **options: object) -> Any:
        try:
            with engine_calls("consul").measured(question.__qualname__.removeprefix("Consul.")):
                return question(*args, **options)
        except (OSError, http.client.HTTPException, consul.ConsulException) as error:
            raise ConsulError(str(error) or type(error).__name__) from error
        except (KeyError, TypeError, ValueError) as error:
            raise ConsulError(f"an answer that makes no sense: {error!r}") from error


def _instance(entry: Any) -> Instance:
    service = entry["Service"]
    return Instance(service["ID"], service["Address"] or entry["Node"]["Address"], service["Port"])


class _Access:
    """What python-consul2's parts expect of the whole.

    The whole itself reads CONSUL_HTTP_ADDR over our heads, and warns of a deprecation each time it is made.
    """

    def __init__(self, wire: "_Wire", token: str) -> None:
        self.http = wire
        self.token = token or None
        self.dc = None


class _Wire(base.HTTPClient):  # type: ignore[misc]  # python-consul2 has no types
    """python-consul2's transport over one kept connection, instead of its `requests` session.

    That one can neither be interrupted in a blocking query nor be given a timeout per connection.
    """

    def __init__(self, address: str, timeout_seconds: float) -> None:
        url = urlsplit(address if "//" in address else f"//{address}")
        secure = url.scheme == "https"
        super().__init__(url.hostname or "127.0.0.1", url.port or 8500, "https" if secure else "http")
        make = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self._connection = make(self.host, self.port, timeout=timeout_seconds)
        self._interrupted = False

    def get(self, callback: Any, path: str, params: Any = None, headers: Any = None) -> Any:
        return self._exchange("GET", callback, path, params, None, headers)

    def put(self, callback: Any, path: str, params: Any = None, data: Any = "", headers: Any = None) -> Any:
        return self._exchange("PUT", callback, path, params, data, headers)

    def post(self, callback: Any, path: str, params: Any = None, data: Any = "", headers: Any = None) -> Any:
        return self._exchange("POST", callback, path, params, data, headers)

    def delete(
        self, callback: Any, path: str, params: Any = None, data: Any = "", headers: Any = None
    ) -> Any:
        return self._exchange("DELETE", callback, path, params, data, headers)

    def _exchange(self, method: str, callback: Any, path: str, params: Any, data: Any, headers: Any) -> Any:
        if self._interrupted:
            raise ConnectionAbortedError("interrupted")
        target = f"{path}?{urlencode(params)}" if params else path
        try:
            self._connection.request(method, target, body=data, headers=headers or {})
            if self._interrupted:  # while there was no socket yet that could be shut
                raise ConnectionAbortedError("interrupted")
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next question opens a new one
            raise
        return callback(base.Response(answer.status, answer.headers, body.decode(), body))

    def interrupt(self) -> None:
        self._interrupted = True
        open_socket = self._connection.sock
        if open_socket is not None:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connection.close()
