"""Who gets a connection, who gets an answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest

from chassis import rpc
from chassis.consul import Instance
from chassis.errors import Kind, RemoteError, Unavailable
from chassis.rpc.policy import PolicyError
from chassis.rpc.server import RpcServer
from chassis.tls import Certificates
from chassis.tokens import TokenVerifier
from local_stack.pki import ensure_certificates
from tests.chassis_rig import CALLER, METHOD, SERVICE, calling, echo_server, registering, running, say
from tests.fakes.resolver import InMemoryResolver
from tests.fakes.token_keys import ACCOUNT_ID, TokenKeys


async def name_caller(_request: bytes) -> bytes:
    return rpc.caller().encode()


@pytest.fixture
async def instance(tls_dir: Path) -> AsyncIterator[Instance]:
    async with running(echo_server(tls_dir, name_caller)) as started:
        yield started


async def bare_call(instance: Instance, credentials: grpc.ChannelCredentials | None) -> grpc.StatusCode:
    """One call without the chassis; the status that it ends in."""
    address = f"{instance.host}:{instance.port}"
    override = (("grpc.ssl_target_name_override", SERVICE),)
    channel = (
        grpc.aio.insecure_channel(address)
        if credentials is None
        else grpc.aio.secure_channel(address, credentials, options=override)
    )
    async with channel:
        try:
            await channel.unary_unary(METHOD)(b"", timeout=5)
        except grpc.aio.AioRpcError as error:
            return error.code()
        return grpc.StatusCode.OK


async def test_the_callers_name_comes_from_its_certificate(tls_dir: Path, instance: Instance) -> None:
    resolver = InMemoryResolver()
    resolver.set(SERVICE, instance)
    async with calling(tls_dir, resolver) as channel:
        assert await say(channel)(b"") == CALLER.encode()


async def test_plaintext_gets_no_connection(instance: Instance) -> None:
    assert await bare_call(instance, None) is grpc.StatusCode.UNAVAILABLE


async def test_without_a_certificate_there_is_no_connection(tls_dir: Path, instance: Instance) -> None:
    nameless = grpc.ssl_channel_credentials(root_certificates=(tls_dir / "ca.pem").read_bytes())
    assert await bare_call(instance, nameless) is grpc.StatusCode.UNAVAILABLE


async def test_a_certificate_of_another_authority_gets_no_connection(
    tls_dir: Path, instance: Instance, tmp_path: Path
) -> None:
    ensure_certificates(tmp_path, [CALLER])
    # It trusts us; we do not trust it.
    (tmp_path / "ca.pem").write_bytes((tls_dir / "ca.pem").read_bytes())
    foreign = Certificates(tmp_path, CALLER).channel_credentials()
    assert await bare_call(instance, foreign) is grpc.StatusCode.UNAVAILABLE


async def test_a_server_of_another_authority_gets_no_call(tls_dir: Path, tmp_path: Path) -> None:
    ensure_certificates(tmp_path, [SERVICE])
    resolver = InMemoryResolver()
    async with running(echo_server(tmp_path, name_caller)) as impostor:
        resolver.set(SERVICE, impostor)
        async with calling(tls_dir, resolver) as channel:
            with pytest.raises(Unavailable):
                await say(channel)(b"")


async def test_a_false_registration_is_harmless(tls_dir: Path, instance: Instance) -> None:
    """Another service of ours under this one's name: its certificate names it, and it is passed over."""
    reached: list[bytes] = []

    async def overhear(request: bytes) -> bytes:
        reached.append(request)
        return b"overheard"

    resolver = InMemoryResolver()
    async with running(echo_server(tls_dir, overhear, service="file-upload-service"), "false") as false:
        resolver.set(SERVICE, false, instance)
        async with calling(tls_dir, resolver) as channel:
            answers = {await say(channel, idempotent=False)(b"secret") for _ in range(20)}
    assert answers == {CALLER.encode()}
    assert not reached


async def test_a_false_registration_alone_is_nobody(tls_dir: Path) -> None:
    resolver = InMemoryResolver()
    async with running(echo_server(tls_dir, name_caller, service="file-upload-service")) as false:
        resolver.set(SERVICE, false)
        async with calling(tls_dir, resolver) as channel:
            with pytest.raises(Unavailable, match="user-service does not answer"):
                await say(channel)(b"")


async def test_a_wrong_caller_is_refused_by_name(tls_dir: Path, instance: Instance) -> None:
    credentials = Certificates(tls_dir, "file-upload-service").channel_credentials()
    assert await bare_call(instance, credentials) is grpc.StatusCode.PERMISSION_DENIED


async def test_to_the_person_who_waits_a_wrong_caller_is_our_own_fault(
    tls_dir: Path, instance: Instance
) -> None:
    resolver = InMemoryResolver()
    resolver.set(SERVICE, instance)
    async with calling(tls_dir, resolver, caller="file-upload-service") as channel:
        with pytest.raises(RemoteError) as refusal:
            await say(channel)(b"")
    assert refusal.value.kind is Kind.INTERNAL


async def test_the_persons_token_is_handed_on_to_the_next_service(tls_dir: Path) -> None:
    keys = TokenKeys()
    resolver = InMemoryResolver()

    async def name_account(_request: bytes) -> bytes:
        return rpc.identity().account_id.encode()

    verifier = TokenVerifier(keys.fetch)
    behind = echo_server(tls_dir, name_account, token=True, verifier=verifier)
    async with running(behind) as there, calling(tls_dir, resolver) as channel:
        resolver.set(SERVICE, there)
        onward = say(channel)
        front = echo_server(tls_dir, onward, token=True, verifier=verifier)
        to_front = InMemoryResolver()
        async with running(front) as here, calling(tls_dir, to_front) as first:
            to_front.set(SERVICE, here)
            assert await say(first)(b"", token=keys.token()) == ACCOUNT_ID.encode()


async def test_a_method_without_a_row_does_not_start(tls_dir: Path) -> None:
    with pytest.raises(PolicyError, match=METHOD):
        RpcServer(
            certificates=Certificates(tls_dir, SERVICE),
            policy={},
            register=registering(name_caller),
            verifier=None,
        )


async def test_a_method_that_needs_a_token_does_not_start_without_a_verifier(tls_dir: Path) -> None:
    with pytest.raises(PolicyError, match="nothing here can verify"):
        echo_server(tls_dir, name_caller, token=True)


def test_a_missing_certificate_ends_the_process_and_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"STOWAGE_TLS_DIR: .*ca\.pem cannot be read"):
        Certificates(tmp_path, CALLER).channel_credentials()
