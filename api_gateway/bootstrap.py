"""Puts the gateway together."""

from redis.asyncio import Redis

from api_gateway.adapters.aiohttp.storage import AiohttpStorage, open_session
from api_gateway.adapters.http.addresses import networks
from api_gateway.adapters.http.application import create_application
from api_gateway.adapters.http.change_metrics import measure_hub, observe_told
from api_gateway.adapters.http.hall import Patience
from api_gateway.adapters.http.server import HttpServer
from api_gateway.adapters.http.web_page import read_web_files
from api_gateway.adapters.http.wiring import Bounds, Ports
from api_gateway.adapters.redis.session_cache import RedisSessionCache, connect
from api_gateway.adapters.redis.wake_ups import RedisWakeUps
from api_gateway.adapters.rpc.accounts import RpcAccounts, RpcSessions
from api_gateway.adapters.rpc.batches import RpcBatches
from api_gateway.adapters.rpc.bundles import RpcBundles
from api_gateway.adapters.rpc.callers import SigningKeys, VerifiedTokens
from api_gateway.adapters.rpc.changes import RpcChanges
from api_gateway.adapters.rpc.jobs import RpcJobs
from api_gateway.adapters.rpc.nodes import RpcNodes
from api_gateway.adapters.rpc.search import RpcSearch
from api_gateway.adapters.rpc.streams import RpcStreams
from api_gateway.adapters.rpc.trash import RpcTrash
from api_gateway.adapters.rpc.uploads import RpcUploads
from api_gateway.adapters.rpc.versions import RpcVersions
from api_gateway.app.append_stream import AppendStream
from api_gateway.app.capabilities import Capabilities
from api_gateway.app.change_hub import ChangeHub
from api_gateway.app.identify_caller import IdentifyCaller
from api_gateway.app.relay_part import RelayPart
from api_gateway.app.relay_places import RelayPlaces
from api_gateway.app.spool import Spool
from api_gateway.domain.uploads import MAX_FORM_BYTES
from api_gateway.settings import GatewaySettings, listed
from chassis.rpc.channels import ServiceChannel
from chassis.service import Server, Service

# Capability -> the service that it needs.
SERVICE_OF = {"users": "user-service", "metadata": "file-metadata-service", "uploads": "file-upload-service"}
_SETTLING_SECONDS = 15.0
_STORAGE_CONNECTIONS = 200
_RELAYS_OF_ONE_ACCOUNT = 64
# An office behind one address has hundreds; one host with slow bodies must not have all.
_ONE_ADDRESS_SHARE = 1 / 4


async def build(service: Service[GatewaySettings]) -> Server:
    """The gateway finds the services in Consul; it holds no credentials of storage."""
    settings = service.settings
    capabilities = Capabilities(SERVICE_OF)
    channels = {name: _watched(service, capabilities, name) for name in SERVICE_OF}
    redis = connect(settings.redis_url)
    service.stack.push_async_callback(redis.aclose)
    storage = AiohttpStorage(
        await service.stack.enter_async_context(open_session(connections=_STORAGE_CONNECTIONS))
    )
    hub = _change_hub(service, RpcChanges(channels["metadata"]), redis)
    ports = _ports(service, capabilities, channels, redis, storage, hub)
    proxies = networks(listed(settings.trusted_proxies))
    bounds = Bounds(
        max_body_bytes=settings.max_body_bytes,
        cors_origins=frozenset(listed(settings.cors_origins)),
        trusted_proxies=proxies,
        storage_origins=listed(settings.storage_origins),
        web_files=read_web_files(settings.frontend_dir) if settings.frontend_dir else {},
    )
    _settle(service, capabilities)
    return HttpServer(
        create_application(ports, bounds),
        host=settings.http_host,
        port=settings.http_port,
        health=service.health,
        on_drain=hub.close,
        patience=Patience(settings.http_connections, one_address_share=_ONE_ADDRESS_SHARE, proxies=proxies),
    )


def _watched(service: Service[GatewaySettings], capabilities: Capabilities, name: str) -> ServiceChannel:
    channel = service.channel(SERVICE_OF[name])
    why_not = f"no instance of {SERVICE_OF[name]} is known"
    channel.links.on_change(lambda count: capabilities.set(name, None if count else why_not))
    return channel


def _ports(
    service: Service[GatewaySettings],
    capabilities: Capabilities,
    channels: dict[str, ServiceChannel],
    redis: Redis,
    storage: AiohttpStorage,
    hub: ChangeHub,
) -> Ports:
    users, metadata, uploads = channels["users"], channels["metadata"], RpcUploads(channels["uploads"])
    sessions, spool = RpcSessions(users), _spool(service.settings.spool_bytes)
    places = RelayPlaces(_STORAGE_CONNECTIONS, _RELAYS_OF_ONE_ACCOUNT)
    tokens = VerifiedTokens(service.verifier(SigningKeys(users).fetch))
    return Ports(
        identify_caller=IdentifyCaller(tokens, RedisSessionCache(redis), sessions),
        accounts=RpcAccounts(users),
        sessions=sessions,
        nodes=RpcNodes(metadata),
        search=RpcSearch(metadata),
        trash=RpcTrash(metadata),
        batches=RpcBatches(metadata),
        versions=RpcVersions(metadata),
        changes=hub.changes,
        change_hub=hub,
        jobs=RpcJobs(metadata),
        uploads=uploads,
        bundles=RpcBundles(channels["uploads"]),
        parts=uploads,
        downloads=uploads,
        relay_part=RelayPart(uploads, uploads, storage, spool),
        append_stream=AppendStream(
            RpcStreams(channels["uploads"]), uploads, storage, spool, places, sessions, tokens
        ),
        relay_places=places,
        spool=spool,
        storage=storage,
        not_ready=service.health.missing,
        missing=capabilities.missing,
        available=capabilities.available,
    )


def _spool(total_bytes: int) -> Spool:
    """Half of it may be one account's, but one form of files always may."""
    return Spool(total_bytes, account_bytes=min(total_bytes, max(total_bytes // 2, MAX_FORM_BYTES)))


def _change_hub(service: Service[GatewaySettings], changes: RpcChanges, redis: Redis) -> ChangeHub:
    wake_ups = RedisWakeUps(redis)
    service.start(wake_ups.keep(), name="wake-ups")
    hub = ChangeHub(changes, wake_ups, told=observe_told)
    measure_hub(listeners=lambda: hub.listeners, drives=lambda: hub.drives)
    return hub


def _settle(service: Service[GatewaySettings], capabilities: Capabilities) -> None:
    """Not ready until it has looked around once; after that a missing service degrades, and no more."""

    def settled() -> None:
        service.health.set_ready("services", True)  # noqa: FBT003  # reads well

    service.health.set_ready("services", False, "looking for the services")  # noqa: FBT003  # same
    service.start(capabilities.settle(_SETTLING_SECONDS, settled), name="settling")
