"""What a person does, through the real service."""

import json
from pathlib import Path

import grpc
import pytest

from chassis.errors import Kind
from chassis.tls import Certificates
from chassis.tokens import TokenVerifier
from stowage.user.v1 import user_pb2 as pb
from stowage.user.v1.user_pb2_grpc import KeyServiceStub
from tests.integration.user_service.rig import Client, Running, refused
from user_service.adapters.rpc.policy import POLICY


async def test_from_registering_to_signing_out(client: Client) -> None:
    person = await client.new_person()
    tokens = await person.sign_in(device="stowage on laptop")
    account = (await client.get_account(pb.GetAccountRequest(), token=tokens.access_token)).account
    assert (account.id, account.email, account.display_name) == (person.account.id, person.email, "Ada")
    session = (await client.check_session(pb.CheckSessionRequest(), token=tokens.access_token)).session
    assert (session.id, session.device, session.current) == (tokens.session_id, "stowage on laptop", True)
    longer = await client.prolong_access(pb.ProlongAccessRequest(), token=tokens.access_token)
    assert longer.access_expires_at_ms >= tokens.access_expires_at_ms
    await client.check_session(pb.CheckSessionRequest(), token=longer.access_token)
    refreshed = (await client.refresh(pb.RefreshRequest(refresh_token=tokens.refresh_token), token="")).tokens
    assert refreshed.session_id == tokens.session_id
    await client.end_session(pb.EndSessionRequest(), token=refreshed.access_token)
    with refused(Kind.UNAUTHENTICATED, "session_ended"):
        await client.prolong_access(pb.ProlongAccessRequest(), token=longer.access_token)
    with refused(Kind.UNAUTHENTICATED, "session_ended"):
        await client.check_session(pb.CheckSessionRequest(), token=refreshed.access_token)
    with refused(Kind.UNAUTHENTICATED, "refresh_token_invalid"):
        await client.refresh(pb.RefreshRequest(refresh_token=refreshed.refresh_token), token="")


async def test_any_service_can_prove_a_token_with_the_published_keys(client: Client) -> None:
    person = await client.new_person()
    tokens = await person.sign_in()

    async def fetch() -> str:
        answer = await client.get_signing_keys(pb.GetSigningKeysRequest(), token="")
        return str(answer.jwks_json)

    identity = await TokenVerifier(fetch).verify(tokens.access_token)
    assert (identity.account_id, identity.session_id) == (person.account.id, tokens.session_id)
    assert identity.expires_at.timestamp() == tokens.access_expires_at_ms // 1000
    (key,) = json.loads(await fetch())["keys"]
    assert (key["kty"], key["crv"], key["use"], key["alg"]) == ("EC", "P-256", "sig", "ES256")


async def test_the_profile_can_be_changed(client: Client) -> None:
    tokens = await (await client.new_person()).sign_in()
    changed = await client.update_account(
        pb.UpdateAccountRequest(display_name="Countess"), token=tokens.access_token
    )
    assert changed.account.display_name == "Countess"
    untouched = await client.update_account(pb.UpdateAccountRequest(), token=tokens.access_token)
    assert untouched.account == changed.account


async def test_changing_the_password_signs_out_the_other_devices(client: Client) -> None:
    person = await client.new_person()
    laptop, phone = await person.sign_in(device="laptop"), await person.sign_in(device="phone")
    await client.change_password(person.new_password("another good password"), token=laptop.access_token)
    with refused(Kind.UNAUTHENTICATED, "session_ended"):
        await client.check_session(pb.CheckSessionRequest(), token=phone.access_token)
    listed = (await client.list_sessions(pb.ListSessionsRequest(), token=laptop.access_token)).sessions
    assert [(session.device, session.current) for session in listed] == [("laptop", True)]
    with refused(Kind.UNAUTHENTICATED, "credentials_wrong"):
        await person.sign_in()


async def test_another_device_can_be_signed_out_and_a_stranger_s_cannot(client: Client) -> None:
    person, stranger = await client.new_person(), await client.new_person()
    laptop, phone = await person.sign_in(), await person.sign_in()
    request = pb.EndSessionRequest(session_id=phone.session_id)
    with refused(Kind.NOT_FOUND, "session_not_found"):
        await client.end_session(request, token=(await stranger.sign_in()).access_token)
    await client.end_session(request, token=laptop.access_token)
    await client.end_session(request, token=laptop.access_token)
    with refused(Kind.UNAUTHENTICATED, "session_ended"):
        await client.check_session(pb.CheckSessionRequest(), token=phone.access_token)


async def test_refusals_travel_with_their_kind_and_code(client: Client) -> None:
    person = await client.new_person()
    tokens = await person.sign_in()
    with refused(Kind.CONFLICT, "email_taken"):
        await client.register(person.registration(command_id="key-2"), token="")
    with refused(Kind.INVALID, "password_unacceptable"):
        await client.register(person.registration(password="short"), token="")
    with refused(Kind.INVALID, "email_invalid"):
        await client.register(pb.RegisterRequest(command_id="k", email="x", password="x" * 8), token="")
    with refused(Kind.UNAUTHENTICATED, "credentials_wrong"):
        await client.sign_in(person.credentials(password="a wrong guess"), token="")
    with refused(Kind.UNAUTHENTICATED, "credentials_wrong"):
        await client.change_password(
            person.new_password("another good password", current="no"), token=tokens.access_token
        )
    with refused(Kind.NOT_FOUND, "session_not_found"):
        await client.end_session(pb.EndSessionRequest(session_id="x" * 5000), token=tokens.access_token)
    with refused(Kind.UNAUTHENTICATED, "unauthenticated"):
        await client.get_account(pb.GetAccountRequest(), token="")


async def test_guessing_is_throttled_with_the_time_to_wait(client: Client) -> None:
    person = await client.new_person()
    for _ in range(10):
        with refused(Kind.UNAUTHENTICATED, "credentials_wrong"):
            await client.sign_in(person.credentials(password="a wrong guess"), token="")
    with refused(Kind.THROTTLED, "too_many_attempts") as refusal:
        await client.sign_in(person.credentials(), token="")
    assert 0 < (refusal.value.retry_after_seconds or 0) <= 60


@pytest.mark.parametrize("caller", ["file-metadata-service", "file-upload-service", "user-service"])
async def test_other_services_may_have_the_keys_and_nothing_else(
    one: Running, tls_dir: Path, caller: str
) -> None:
    """On a bare channel, because ServiceChannel calls such a refusal our own fault."""
    tokens = await (await one.client.new_person()).sign_in()
    bearer = (("authorization", f"Bearer {tokens.access_token}"),)
    address = f"{one.instance.host}:{one.instance.port}"
    name = (("grpc.ssl_target_name_override", "user-service"),)
    async with grpc.aio.secure_channel(
        address, Certificates(tls_dir, caller).channel_credentials(), name
    ) as channel:
        assert (await KeyServiceStub(channel).GetSigningKeys(pb.GetSigningKeysRequest())).jwks_json
        for method in sorted(set(POLICY) - {"/stowage.user.v1.KeyService/GetSigningKeys"}):
            call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
            with pytest.raises(grpc.aio.AioRpcError) as refusal:
                await call(b"", metadata=bearer)
            assert refusal.value.code() is grpc.StatusCode.PERMISSION_DENIED, method
