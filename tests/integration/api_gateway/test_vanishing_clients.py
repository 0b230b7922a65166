"""Clients that go away in the middle of whatever they ask for leave no task, no connection and no noise behind."""

import asyncio
import logging
import re

import pytest

from api_gateway.adapters.http.application import described
from tests.integration.api_gateway.wire import Gateway, Upstream, gateway

BODY = b'{"name": "a body that fits nothing"}'
OPERATIONS = [(method.upper(), path) for path, methods in described()["paths"].items() for method in methods]
CUTS = {
    "in the middle of the head": lambda head: head[: len(head) // 2],
    "after the head": lambda head: head,
    "in mid-body": lambda head: head + BODY[: len(BODY) // 2],
    "before the answer is read": lambda head: head + BODY,
}


def request_head(door: Gateway, method: str, path: str) -> bytes:
    address = re.sub(r"\{number}", "1", path.removeprefix("/api/v1"))
    address = re.sub(r"\{\w+}", "0" * 32, address)
    return door.head(method, address, Content_Type="application/json", Content_Length=str(len(BODY)))


@pytest.mark.parametrize("cut", CUTS)
async def test_a_client_that_vanishes_leaves_nothing_behind(
    cut: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async with gateway(Upstream()) as door, asyncio.timeout(60):
        before = len(asyncio.all_tasks())
        with caplog.at_level(logging.WARNING):
            for method, path in OPERATIONS * 3:
                _, writer = await door.connect()
                writer.write(CUTS[cut](request_head(door, method, path)))
                writer.transport.abort()
            while door.server.connections or len(asyncio.all_tasks()) > before:  # noqa: ASYNC110  # nobody tells us
                await asyncio.sleep(0.01)

    assert len(OPERATIONS) > 25
    assert caplog.records == []
    assert "Traceback" not in "".join(capsys.readouterr())
