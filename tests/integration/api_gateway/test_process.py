"""The gateway as a process lives: it finds services in Consul only, degrades by capability, and goes down in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from api_gateway.bootstrap import SERVICE_OF, build
from api_gateway.settings import GatewaySettings
from chassis.service import Server, Service, serve
from chassis.settings import ServiceSettings
from chassis.tokens import TokenVerifier
from local_stack.ports import free_port
from stowage.metadata.v1 import metadata_pb2
from stowage.upload.v1 import upload_pb2
from stowage.user.v1 import user_pb2
from tests.fakes.token_keys import TokenKeys
from tests.integration.api_gateway.services import POLICIES, Answering

ID = "a" * 32


@dataclass
class Running:
    """Something that serves in this loop until it is told to stop."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None

    async def end(self) -> None:
        self.stop.set()
        if self.task is not None:
            await self.task


def service(name: str, answering: Answering, keys: TokenKeys, settings: ServiceSettings) -> Running:
    async def furnish(service: Service[ServiceSettings]) -> Server:
        return service.rpc_server(
            policy=POLICIES[name], register=answering.registering(name), verifier=TokenVerifier(keys.fetch)
        )

    running = Running()
    running.task = asyncio.create_task(
        serve(name, settings, furnish, until=running.stop, lame_duck_seconds=0.1)
    )
    return running


@dataclass
class System:
    keys: TokenKeys
    answering: Answering
    services: dict[str, Running]
    gateway: Running
    http: httpx.AsyncClient

    async def ready(self) -> httpx.Response:
        return await self.http.get("/health/ready")

    async def until(self, status: int, **capabilities: bool) -> None:
        async with asyncio.timeout(30):
            while True:
                answer = await self.ready()
                if (
                    answer.status_code == status
                    and capabilities.items() <= answer.json()["capabilities"].items()
                ):
                    return
                await asyncio.sleep(0.05)  # there is nobody to tell us

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.keys.token()}"})


@pytest.fixture
def settings(consul_addr: str, redis_url: str, tls_dir: Path) -> GatewaySettings:
    return GatewaySettings(
        consul_http_addr=consul_addr,
        redis_url=redis_url,
        tls_dir=tls_dir,
        http_port=free_port(),
        log_level="info",
    )


@asynccontextmanager
async def running(settings: GatewaySettings) -> AsyncIterator[System]:
    keys, answering = TokenKeys(), Answering()
    answering.answers |= {
        "GetSigningKeys": user_pb2.GetSigningKeysResponse(jwks_json=await keys.fetch()),
        "CheckSession": user_pb2.CheckSessionResponse(),
        "GetDrive": metadata_pb2.GetDriveResponse(
            drive=metadata_pb2.Drive(id=ID, root_id=ID),
            position=metadata_pb2.Position(drive_id=ID, journal_id="j"),
        ),
        "ListUploads": upload_pb2.ListUploadsResponse(),
    }
    services = {name: service(SERVICE_OF[name], answering, keys, settings) for name in SERVICE_OF}
    gateway = Running()
    gateway.task = asyncio.create_task(
        serve("api-gateway", settings, build, until=gateway.stop, lame_duck_seconds=0.5)
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.http_port}") as http:
        try:
            yield System(keys, answering, services, gateway, http)
        finally:
            await gateway.end()
            for each in services.values():
                await each.end()


async def listening(system: System) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await system.http.get("/health/live")
            except httpx.ConnectError:
                await asyncio.sleep(0.05)  # it opens its port by and by
            else:
                return


async def test_it_finds_everything_in_consul_loses_one_part_and_gets_it_back(
    settings: GatewaySettings,
) -> None:
    async with running(settings) as system:
        await listening(system)
        await system.until(200, users=True, metadata=True, uploads=True)
        assert (await system.get("/drive")).json()["id"] == ID
        assert (await system.get("/uploads")).status_code == 200

        await system.services["uploads"].end()
        await system.until(200, users=True, metadata=True, uploads=False)
        gone = await system.get("/uploads")
        assert (gone.status_code, gone.json()["code"]) == (503, "unavailable")
        assert (await system.get("/drive")).status_code == 200

        again = service("file-upload-service", system.answering, system.keys, settings)
        system.services["uploads"] = again
        await system.until(200, uploads=True)
        assert (await system.get("/uploads")).status_code == 200


async def test_before_it_goes_it_is_not_ready_and_still_answers(settings: GatewaySettings) -> None:
    async with running(settings) as system:
        await listening(system)
        await system.until(200, users=True, metadata=True, uploads=True)

        system.gateway.stop.set()
        await system.until(503)
        assert (await system.ready()).json()["missing"]["serving"] == "shutting down"
        assert (await system.get("/drive")).status_code == 200

        assert system.gateway.task is not None
        await system.gateway.task
        with pytest.raises(httpx.ConnectError):
            await system.http.get("/health/live")
