"""`python -m file_upload_service`, as a supervisor runs it."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from chassis.consul import ConsulRegistration, Instance
from chassis.consul_lock import ConsulLock
from chassis.health import Health, HealthServer
from chassis.rpc.server import RpcServer
from local_stack.ports import free_port
from tests.contracts.file_upload_service.engines import make_tables
from tests.engines import S3Server, start_s3
from tests.fakes.token_keys import TokenKeys
from tests.integration.file_upload_service.rig import users_of


def environment_of(server: S3Server, bucket: str, **more: str) -> dict[str, str]:
    return {
        "S3_ENDPOINT": server.endpoint,
        "S3_BUCKET": bucket,
        "S3_ACCESS_KEY_ID": server.app.access_key_id,
        "S3_SECRET_ACCESS_KEY": server.app.secret_access_key,
        "STOWAGE_ID_SECRET": "x" * 64,
    } | more


@asynccontextmanager
async def running(environment: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "file_upload_service",
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def readiness(port: int, *, until: str, within_seconds: float = 25) -> str:
    """What the service says of itself, asked until it matches."""
    said = ""
    async with asyncio.timeout(within_seconds), httpx.AsyncClient() as client:
        while not re.search(until, said):
            try:
                answer = await client.get(f"http://127.0.0.1:{port}/health/ready")
                said = f"{answer.status_code} {answer.text}"
            except httpx.TransportError:
                said = ""
            await asyncio.sleep(0.1)
    return said


async def test_it_stays_up_without_s3_says_what_is_missing_recovers_and_leaves_in_order(
    dynamodb_endpoint: str, table_prefix: str, consul_addr: str, tls_dir: Path, tmp_path: Path
) -> None:
    make_tables(dynamodb_endpoint, table_prefix)
    server = start_s3(tmp_path)
    with server.process:
        bucket, port = server.new_bucket(), free_port()
        server.process.kill()
        environment = environment_of(
            server,
            bucket,
            S3_PUBLIC_ENDPOINT=server.endpoint.replace("127.0.0.1", "localhost"),
            S3_FLUSH_DIRECTORY=str(tmp_path / "s3" / "objects"),
            STOWAGE_TABLE_PREFIX=table_prefix,
            DYNAMODB_ENDPOINT=dynamodb_endpoint,
            CONSUL_HTTP_ADDR=consul_addr,
            STOWAGE_TLS_DIR=str(tls_dir),
            STOWAGE_HEALTH_PORT=str(port),
        )
        async with serving_keys(tls_dir, consul_addr), running(environment) as process:
            said = await readiness(port, until="(?s)S3_ENDPOINT.*S3_PUBLIC_ENDPOINT")
            assert said.startswith("503")
            server.process.start()
            await readiness(port, until="^200")

            process.send_signal(signal.SIGTERM)
            output, _ = await process.communicate()
            assert process.returncode == 0, output.decode()
    assert server.app.secret_access_key.encode() not in output
    assert b"x" * 64 not in output


@asynccontextmanager
async def serving_keys(tls_dir: Path, consul_addr: str) -> AsyncIterator[RpcServer]:
    """Somebody in Consul's list who publishes keys."""
    users = users_of(TokenKeys(), tls_dir)
    port = await users.start()
    instance = Instance(f"users-{port}", "127.0.0.1", port)
    health = HealthServer(Health(), instance_id=instance.id)
    health_port = await health.start("127.0.0.1", 0)
    registration = ConsulRegistration(
        consul_addr, service="user-service", instance=instance, health_port=health_port
    )
    keeping = asyncio.create_task(registration.keep())
    try:
        yield users
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})
        await registration.leave()
        await health.stop()
        await users.drain(0)


async def test_a_setting_that_is_missing_is_named() -> None:
    async with running({"STOWAGE_ID_SECRET": "short"}) as process:
        output, _ = await process.communicate()

    assert process.returncode == 1
    assert b"STOWAGE_ID_SECRET: " in output
    assert b"S3_BUCKET: is missing" in output


async def test_one_instance_sweeps_and_the_next_takes_over_when_it_leaves(
    consul_addr: str, table_prefix: str
) -> None:
    first, second = (ConsulLock(consul_addr, f"test/{table_prefix}", holder=name) for name in "ab")
    with first, second:
        assert await asyncio.to_thread(first.acquire)
        assert await asyncio.to_thread(first.acquire)
        assert not await asyncio.to_thread(second.acquire)

        await asyncio.to_thread(first.release)

        async with asyncio.timeout(10):
            while not await asyncio.to_thread(second.acquire):  # noqa: ASYNC110 - Consul has the event
                await asyncio.sleep(0.1)
        assert not await asyncio.to_thread(first.acquire)
