"""`python -m user_service`, as a supervisor runs it."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from chassis.consul import ConsulResolver, Instance
from stowage.user.v1 import user_pb2 as pb
from tests.integration.user_service.conftest import MakeSettings
from tests.integration.user_service.rig import calling


async def run(*arguments: str, environment: Mapping[str, str]) -> tuple[int, str]:
    process = await start(*arguments, environment=environment)
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def start(*arguments: str, environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "user_service",
        *arguments,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def found(consul_addr: str) -> Instance:
    resolver, instances = ConsulResolver(consul_addr), asyncio.Queue[tuple[Instance, ...]]()
    resolver.watch("user-service", instances.put_nowait)
    try:
        async with asyncio.timeout(30):
            while not (healthy := await instances.get()):
                pass
    finally:
        await resolver.close()
    return healthy[0]


async def test_it_serves_until_sigterm_and_leaves_in_order(
    make_settings: MakeSettings, consul_addr: str, aws_keys: None, tmp_path: Path
) -> None:
    settings = make_settings()
    keys = tmp_path / "keys"
    environment = {
        "STOWAGE_TABLE_PREFIX": settings.table_prefix,
        "DYNAMODB_ENDPOINT": settings.dynamodb_endpoint or "",
        "REDIS_URL": settings.redis_url,
        "CONSUL_HTTP_ADDR": consul_addr,
        "STOWAGE_TLS_DIR": str(settings.tls_dir),
        "STOWAGE_TOKEN_KEYS_DIR": str(keys),
        "STOWAGE_REFRESH_SECRET": "x" * 64,
    }
    process = await start(environment=environment)
    # It starts without a token key, and is ready as soon as there is one.
    assert (await run("keys", "init", environment=environment))[1].startswith("made ")
    assert await run("keys", "init", environment=environment) == (0, "there is a key already\n")
    code, listed = await run("keys", "list", environment=environment)
    assert (code, listed) == (0, f"{next(keys.glob('*.pem')).stem}  signs\n")
    async with calling(settings.tls_dir, await found(consul_addr)) as client:
        assert (await client.get_signing_keys(pb.GetSigningKeysRequest(), token="")).jwks_json
        assert await (await client.new_person()).sign_in()
    process.send_signal(signal.SIGTERM)
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    assert b"correct horse" not in output
    assert b"x" * 64 not in output


async def test_a_setting_that_cannot_be_used_is_named() -> None:
    environment = {"STOWAGE_THROTTLE_PAIR": "many", "STOWAGE_REFRESH_SECRET": "short"}
    code, output = await run("serve", environment=environment)
    assert code == 1
    assert "STOWAGE_THROTTLE_PAIR: " in output
    assert "STOWAGE_REFRESH_SECRET: " in output
    assert "STOWAGE_TOKEN_KEYS_DIR: is missing" in output
    assert "short" not in output.replace("should have", "")
