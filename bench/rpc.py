"""What a call between services costs: ours, with all that is around it, beside bare grpc.aio on the same TLS.

`python -m bench.rpc`. Both ends in one process, one call at a time; log lines are written to /dev/null.
"""

import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import grpc
import uvloop

from chassis.consul import Instance
from chassis.rpc.channels import ServiceChannel
from chassis.rpc.policy import Rpc
from chassis.rpc.server import RpcServer
from chassis.telemetry import configure_logging
from chassis.tls import Certificates
from local_stack.pki import ensure_certificates
from tests.fakes.resolver import InMemoryResolver

SERVER, CALLER, METHOD = "user-service", "api-gateway", "/bench.Echo/Say"
ROUNDS, CALLS = 5, 600
Call = Callable[[], Awaitable[object]]


def register(server: grpc.aio.Server) -> None:
    async def say(request: bytes, _context: Any) -> bytes:
        return request

    handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {"Say": grpc.unary_unary_rpc_method_handler(say)}
    server.add_registered_method_handlers("bench.Echo", handlers)


def multicallable(channel: grpc.aio.Channel) -> "grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]":
    return channel.unary_unary(METHOD)


async def rate(call: Call) -> float:
    """Calls per second."""
    started = perf_counter()
    for _ in range(CALLS):
        await call()
    return CALLS / (perf_counter() - started)


async def measure(folder: Path) -> tuple[float, float]:
    """Calls per second: ours, bare. The best of several rounds each, taken in turns."""
    ensure_certificates(folder, [SERVER, CALLER])
    policy = {METHOD: Rpc(callers=frozenset({CALLER}), token=False)}
    ours = RpcServer(
        certificates=Certificates(folder, SERVER), policy=policy, register=register, verifier=None
    )
    bare = grpc.aio.server()
    register(bare)
    bare_port = bare.add_secure_port("127.0.0.1:0", Certificates(folder, SERVER).server_credentials())
    await bare.start()
    resolver = InMemoryResolver()
    credentials = Certificates(folder, CALLER).channel_credentials()
    channel = ServiceChannel(SERVER, resolver, credentials)
    resolver.set(SERVER, Instance("one", "127.0.0.1", await ours.start()))
    bare_channel = grpc.aio.secure_channel(
        f"127.0.0.1:{bare_port}", credentials, options=(("grpc.ssl_target_name_override", SERVER),)
    )
    our_call = channel.unary(multicallable, timeout_seconds=5, idempotent=True)
    bare_call = multicallable(bare_channel)
    rounds = [
        (await rate(lambda: our_call(b"x" * 200)), await rate(lambda: bare_call(b"x" * 200, timeout=5)))
        for _ in range(ROUNDS)
    ]
    await channel.close()
    await bare_channel.close()
    await ours.drain(1)
    await bare.stop(1)
    return max(each[0] for each in rounds), max(each[1] for each in rounds)


def main() -> None:
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  # for as long as the process lives
    configure_logging("bench")
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = uvloop.run(measure(Path(folder)))
    print(f"rpc  ours {ours:,.0f}/s  bare {bare:,.0f}/s  ratio {ours / bare:.2f}")


if __name__ == "__main__":
    main()
