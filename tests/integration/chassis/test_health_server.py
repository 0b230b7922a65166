"""What Consul, Prometheus and people read."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from prometheus_client import CollectorRegistry, Counter

from chassis.health import Health, HealthServer


class Rig:
    def __init__(self, health: Health, port: int) -> None:
        self.health = health
        self._port = port

    async def get(self, target: str, *, method: str = "GET") -> tuple[int, str]:
        status, body = await self.send(f"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return status, body

    async def send(self, request: bytes) -> tuple[int, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(request)
        answer = (await reader.read()).decode()
        writer.close()
        await writer.wait_closed()
        head, _, body = answer.partition("\r\n\r\n")
        return (int(head.split(" ")[1]) if head else 0), body


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    registry = CollectorRegistry()
    Counter("doors_opened", "Doors opened", registry=registry).inc(3)
    health = Health()
    server = HealthServer(health, instance_id="keeper-1", registry=registry)
    yield Rig(health, await server.start("127.0.0.1", 0))
    await server.stop()


async def test_a_ready_instance_says_so(rig: Rig) -> None:
    assert await rig.get("/health/ready") == (200, '{"ready": true, "missing": {}}\n')


async def test_what_is_missing_is_said_in_words(rig: Rig) -> None:
    rig.health.set_ready("token_keys", False, "user-service does not answer")
    status, body = await rig.get("/health/ready")
    assert status == 503
    assert json.loads(body)["missing"] == {"token_keys": "user-service does not answer"}


async def test_an_instance_that_is_not_ready_is_alive(rig: Rig) -> None:
    rig.health.stop_serving()
    assert (await rig.get("/health/live"))[0] == 200


async def test_another_instances_check_that_ends_up_here_fails(rig: Rig) -> None:
    assert (await rig.get("/health/ready?instance=keeper-1"))[0] == 200
    assert (await rig.get("/health/ready?instance=keeper-2"))[0] == 503


async def test_metrics_are_in_prometheus_form(rig: Rig) -> None:
    status, body = await rig.get("/metrics")
    assert status == 200
    assert "doors_opened_total 3.0" in body


async def test_a_head_request_has_no_body(rig: Rig) -> None:
    assert await rig.get("/health/ready", method="HEAD") == (200, "")


@pytest.mark.parametrize(("target", "method", "status"), [("/", "GET", 404), ("/health/live", "POST", 405)])
async def test_anything_else_is_refused(rig: Rig, target: str, method: str, status: int) -> None:
    assert (await rig.get(target, method=method))[0] == status


@pytest.mark.parametrize("noise", [b"\r\n\r\n", b"\x16\x03\x01\r\n\r\n", b"GET /" + b"x" * 100_000])
async def test_noise_is_hung_up_on_and_harms_nothing(rig: Rig, noise: bytes) -> None:
    with suppress(ConnectionError):
        assert (await rig.send(noise))[0] == 0
    assert (await rig.get("/health/live"))[0] == 200
