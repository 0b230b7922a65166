"""Puts the real parts together: one connection to one server, and on it what transfers need."""

import asyncio
import os
import ssl
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import httpx

from stowage_client.api.sessions import SessionsApi
from stowage_client.api.transport import ApiTransport, Retrying
from stowage_client.backoff import Pause
from stowage_client.errors import UsageError
from stowage_client.locations import DEFAULT_SERVER, Locations
from stowage_client.session_store import SessionStore
from stowage_client.storage.port import Storage
from stowage_client.tokens import TokenSource

_TIMEOUT = httpx.Timeout(60, connect=5)
_LAST_PORT = 65535
_CONNECTIONS = 12  # httpx looks at every idle one at every request


@dataclass(frozen=True, slots=True)
class Machine:
    """What a command finds around it; tests bring their own.

    `now`: seconds since the epoch; `clock`: seconds that never jump.
    """

    variables: Mapping[str, str]
    home: Path
    watched: bool  # by a person, at a terminal
    windows: bool  # whose disks do not hold every name
    open_http: Callable[[str], httpx.AsyncClient]
    open_storage: Callable[[int], Storage]
    now: Callable[[], float]
    clock: Callable[[], float]
    pause: Pause

    @property
    def locations(self) -> Locations:
        return Locations.from_environment(self.variables, self.home)


@dataclass(frozen=True, slots=True)
class Connection:
    """One server, as anybody (`public`) and as the person who is signed in (`signed`)."""

    server: str
    store: SessionStore
    tokens: TokenSource
    public: ApiTransport
    signed: ApiTransport


def real_machine() -> Machine:
    return Machine(
        variables=os.environ,
        home=Path.home(),
        watched=sys.stderr.isatty(),
        windows=os.name == "nt",
        open_http=open_http,
        open_storage=open_storage,
        now=time.time,
        clock=time.monotonic,
        pause=asyncio.sleep,
    )


def open_http(server: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=server,
        timeout=_TIMEOUT,
        limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
        verify=_authorities(server),
        headers={"User-Agent": f"stowage/{version('stowage')}"},
    )


def _authorities(server: str) -> ssl.SSLContext:
    """The system's, so that a private CA can be among them; nobody where nothing is encrypted, to save 25 ms."""
    if server.startswith("https:"):
        return ssl.create_default_context()
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def open_storage(connections: int) -> Storage:
    from stowage_client.storage.http import (
        HttpStorage,
    )  # only transfers need it, and it takes 0.1 s to import

    return HttpStorage(connections=connections)


@asynccontextmanager
async def connected(machine: Machine, url: str | None) -> AsyncIterator[Connection]:
    """A connection to the server that the person means. Raises UsageError for an address that is none."""
    store = SessionStore(machine.locations.config)
    server = chosen_server(machine, store, url)
    async with machine.open_http(server) as http:
        retrying = Retrying(machine.pause, clock=machine.clock)
        public = ApiTransport(http, bearer=None, retrying=retrying)
        tokens = TokenSource(store, server, refresh=SessionsApi(public).refresh, now=machine.now)
        signed = ApiTransport(http, bearer=tokens, retrying=retrying)
        yield Connection(server, store, tokens, public, signed)


def chosen_server(machine: Machine, store: SessionStore, url: str | None) -> str:
    """As the command says, else the environment, else where the person signed in last."""
    server = url or machine.variables.get("STOWAGE_URL") or store.remembered_server() or DEFAULT_SERVER
    address = _address(server)
    if address is None:
        raise UsageError(f"{server} is not a server's address.", hint=f"It looks like {DEFAULT_SERVER}.")
    return address


def _address(server: str) -> str | None:
    """In one spelling, because sessions are kept under it; None for what is no address."""
    try:
        url = httpx.URL(server)
    except (httpx.InvalidURL, UnicodeEncodeError):
        return None
    strange = " " in server or not url.host or (url.port or 0) > _LAST_PORT
    if strange or url.scheme not in ("http", "https"):
        return None
    return str(url).rstrip("/")
