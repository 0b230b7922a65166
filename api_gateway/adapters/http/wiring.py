"""What the routes need of the world, and how they get at it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, cast

from fastapi import Depends, Request

from api_gateway.adapters.http.web_page import WebFile
from api_gateway.app.append_stream import AppendStream
from api_gateway.app.change_hub import ChangeHub
from api_gateway.app.identify_caller import IdentifyCaller
from api_gateway.app.relay_part import RelayPart
from api_gateway.app.relay_places import RelayPlaces
from api_gateway.app.run_batch import RunBatch
from api_gateway.app.spool import Spool
from api_gateway.app.zip_nodes import ZipNodes
from api_gateway.ports.accounts import Accounts
from api_gateway.ports.batches import Batches
from api_gateway.ports.bundles import Bundles
from api_gateway.ports.changes import Changes
from api_gateway.ports.downloads import Downloads
from api_gateway.ports.jobs import Jobs
from api_gateway.ports.nodes import Nodes
from api_gateway.ports.parts import Parts
from api_gateway.ports.search import Search
from api_gateway.ports.sessions import Sessions
from api_gateway.ports.storage import Storage
from api_gateway.ports.trash import Trash
from api_gateway.ports.uploads import Uploads
from api_gateway.ports.versions import Versions


@dataclass(frozen=True, slots=True)
class Ports:
    """`not_ready` says why no work is taken, `missing` what else is not there, `available` each capability."""

    identify_caller: IdentifyCaller
    accounts: Accounts
    sessions: Sessions
    nodes: Nodes
    search: Search
    trash: Trash
    jobs: Jobs
    changes: Changes
    batches: Batches
    versions: Versions
    change_hub: ChangeHub
    uploads: Uploads
    bundles: Bundles
    parts: Parts
    downloads: Downloads
    relay_part: RelayPart
    append_stream: AppendStream
    relay_places: RelayPlaces
    spool: Spool
    storage: Storage
    not_ready: Callable[[], Mapping[str, str]]
    missing: Callable[[], Mapping[str, str]]
    available: Callable[[], Mapping[str, bool]]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What this server lets in: bytes of a JSON body, origins of browsers, proxies whose word counts; and to which
    origins of storage it lets its own page out, which `web_files` are, by path.

    body_seconds: for a whole JSON body. form_seconds: for a whole form of files, whose bytes wait here.
    sending_seconds: for 16 KiB of what passes through. taking_seconds: for 64 KiB of a download that does. A client
    that is slower holds a connection, and one to storage, for nothing.
    waiting_seconds: for changes, in one request. stream_seconds: for a stream of them.
    """

    max_body_bytes: int = 2**20
    body_seconds: float = 30.0
    form_seconds: float = 120.0
    sending_seconds: float = 30.0
    taking_seconds: float = 60.0
    waiting_seconds: float = 30.0
    stream_seconds: float = 3600.0
    cors_origins: frozenset[str] = frozenset()
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    storage_origins: tuple[str, ...] = ()
    web_files: Mapping[str, WebFile] = field(default_factory=dict)


def ports_of(request: Request) -> Ports:
    return cast("Ports", request.app.state.ports)


def bounds_of(request: Request) -> Bounds:
    return cast("Bounds", request.app.state.bounds)


async def _accounts(request: Request) -> Accounts:
    return ports_of(request).accounts


async def _sessions(request: Request) -> Sessions:
    return ports_of(request).sessions


async def _nodes(request: Request) -> Nodes:
    return ports_of(request).nodes


async def _search(request: Request) -> Search:
    return ports_of(request).search


async def _trash(request: Request) -> Trash:
    return ports_of(request).trash


async def _jobs(request: Request) -> Jobs:
    return ports_of(request).jobs


async def _changes(request: Request) -> Changes:
    return ports_of(request).changes


async def _batches(request: Request) -> Batches:
    return ports_of(request).batches


async def _run_batch(request: Request) -> RunBatch:
    return RunBatch(ports_of(request).batches)


async def _versions(request: Request) -> Versions:
    return ports_of(request).versions


async def _change_hub(request: Request) -> ChangeHub:
    return ports_of(request).change_hub


async def _uploads(request: Request) -> Uploads:
    return ports_of(request).uploads


async def _bundles(request: Request) -> Bundles:
    return ports_of(request).bundles


async def _parts(request: Request) -> Parts:
    return ports_of(request).parts


async def _downloads(request: Request) -> Downloads:
    return ports_of(request).downloads


async def _zip_nodes(request: Request) -> ZipNodes:
    ports = ports_of(request)
    tokens = ports.identify_caller.tokens
    return ZipNodes(ports.nodes, ports.downloads, ports.storage, ports.sessions, tokens, ports.now)


# async, because FastAPI would run plain functions in a thread each.
AccountsPort = Annotated[Accounts, Depends(_accounts)]
SessionsPort = Annotated[Sessions, Depends(_sessions)]
NodesPort = Annotated[Nodes, Depends(_nodes)]
SearchPort = Annotated[Search, Depends(_search)]
TrashPort = Annotated[Trash, Depends(_trash)]
JobsPort = Annotated[Jobs, Depends(_jobs)]
ChangesPort = Annotated[Changes, Depends(_changes)]
BatchesPort = Annotated[Batches, Depends(_batches)]
RunBatchUse = Annotated[RunBatch, Depends(_run_batch)]
VersionsPort = Annotated[Versions, Depends(_versions)]
ChangeHubPort = Annotated[ChangeHub, Depends(_change_hub)]
UploadsPort = Annotated[Uploads, Depends(_uploads)]
BundlesPort = Annotated[Bundles, Depends(_bundles)]
PartsPort = Annotated[Parts, Depends(_parts)]
DownloadsPort = Annotated[Downloads, Depends(_downloads)]
ZipNodesUse = Annotated[ZipNodes, Depends(_zip_nodes)]
