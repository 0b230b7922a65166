"""grpc.health.v1, for probes that hold a certificate."""

import asyncio
from pathlib import Path

import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from chassis.health import Health
from chassis.rpc.policy import Rpc
from chassis.rpc.server import RpcServer
from chassis.tls import Certificates
from tests.chassis_rig import CALLER, METHOD, SERVICE, registering, running


async def test_it_follows_the_readiness_of_the_instance(tls_dir: Path) -> None:
    health = Health()
    server = RpcServer(
        certificates=Certificates(tls_dir, SERVICE),
        policy={METHOD: Rpc(callers=frozenset({CALLER}), token=False)},
        register=registering(lambda request: asyncio.sleep(0, request)),
        verifier=None,
        health=health,
    )
    async with (
        running(server) as instance,
        grpc.aio.secure_channel(
            f"{instance.host}:{instance.port}",
            Certificates(tls_dir, "file-upload-service").channel_credentials(),
            options=(("grpc.ssl_target_name_override", SERVICE),),
        ) as channel,
    ):
        heard = HealthStub(channel).Watch(HealthCheckRequest(), timeout=10)
        statuses = [(await heard.read()).status]
        health.set_ready("dynamodb", False)
        statuses.append((await heard.read()).status)
        health.set_ready("dynamodb", True)
        statuses.append((await heard.read()).status)
        heard.cancel()
    assert statuses == [
        HealthCheckResponse.SERVING,
        HealthCheckResponse.NOT_SERVING,
        HealthCheckResponse.SERVING,
    ]
