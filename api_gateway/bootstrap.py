"""Puts the gateway together."""

import httpx
from redis.asyncio import Redis

from api_gateway.adapters.http.application import Bounds, Ports, create_application
from api_gateway.adapters.http.server import HttpServer
from api_gateway.adapters.httpx.storage import HttpxStorage
from api_gateway.adapters.redis.session_cache import RedisSessionCache
from api_gateway.adapters.rpc.accounts import RpcAccounts, RpcSessions
from api_gateway.adapters.rpc.callers import SigningKeys, VerifiedTokens
from api_gateway.adapters.rpc.nodes import RpcNodes
from api_gateway.adapters.rpc.trash import RpcTrash
from api_gateway.adapters.rpc.uploads import RpcUploads
from api_gateway.app.identify_caller import IdentifyCaller
from api_gateway.app.relay_part import RelayPart
from api_gateway.settings import GatewaySettings, listed
from chassis.service import Server, Service

# A cache that is slower than the rpc which it spares is of no use.
_REDIS_SECONDS = 0.25
# Between two chunks; storage may take its time for the answer to a large part.
_STORAGE_SECONDS = 60.0
_STORAGE_CONNECTIONS = 200


async def build(service: Service[GatewaySettings]) -> Server:
    """The gateway finds the services in Consul; it holds no credentials of storage."""
    settings = service.settings
    users = service.channel("user-service", required=True)
    metadata = service.channel("file-metadata-service", required=True)
    uploads = RpcUploads(service.channel("file-upload-service", required=True))
    verifier = service.verifier(SigningKeys(users).fetch)
    redis = Redis.from_url(
        settings.redis_url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
    )
    service.stack.push_async_callback(redis.aclose)
    client = httpx.AsyncClient(
        timeout=httpx.Timeout(_STORAGE_SECONDS, connect=5.0),
        limits=httpx.Limits(max_connections=_STORAGE_CONNECTIONS),
        trust_env=False,
    )
    storage = HttpxStorage(await service.stack.enter_async_context(client))
    sessions = RpcSessions(users)
    ports = Ports(
        identify_caller=IdentifyCaller(VerifiedTokens(verifier), RedisSessionCache(redis), sessions),
        accounts=RpcAccounts(users),
        sessions=sessions,
        nodes=RpcNodes(metadata),
        trash=RpcTrash(metadata),
        uploads=uploads,
        relay_part=RelayPart(uploads, storage),
        storage=storage,
        missing=service.health.missing,
    )
    bounds = Bounds(settings.max_body_bytes, listed(settings.cors_origins), listed(settings.trusted_proxies))
    return HttpServer(create_application(ports, bounds), host=settings.http_host, port=settings.http_port)
