"""Accounts, sessions and keys over real gRPC: what is asked, what is understood."""

import pytest

from api_gateway.adapters.rpc.accounts import RpcAccounts, RpcSessions
from api_gateway.adapters.rpc.callers import SigningKeys, VerifiedTokens
from api_gateway.domain.identity import Account, Caller
from chassis.errors import Kind, RemoteError, Unavailable
from chassis.rpc.channels import ServiceChannel
from chassis.tokens import Identity, TokenVerifier
from stowage.user.v1 import user_pb2 as pb
from tests.fakes.gateway_people import NOW
from tests.fakes.token_keys import ACCOUNT_ID, SESSION_ID, TokenKeys
from tests.integration.api_gateway.conftest import speaking
from tests.integration.api_gateway.services import Answering

NOW_MS = round(NOW.timestamp() * 1000)
ACCOUNT = pb.Account(id=ACCOUNT_ID, email="ada@example.com", display_name="Ada", created_at_ms=NOW_MS)
TOKENS = pb.Tokens(
    access_token="a",
    access_expires_at_ms=NOW_MS,
    refresh_token="r",
    refresh_expires_at_ms=NOW_MS,
    session_id="s",
)
ADA = Account(ACCOUNT_ID, "ada@example.com", "Ada", NOW)


async def test_registering_needs_no_token(users: ServiceChannel, answering: Answering) -> None:
    answering.answers["Register"] = pb.RegisterResponse(account=ACCOUNT)

    account = await RpcAccounts(users).register(
        command_id="k",
        email="ada@example.com",
        password="secret",
        display_name="Ada",
        client_address="192.0.2.7",
    )

    assert account == ADA
    request = pb.RegisterRequest(
        command_id="k",
        email="ada@example.com",
        password="secret",
        display_name="Ada",
        client_address="192.0.2.7",
    )
    assert answering.calls == [("Register", request, "")]


async def test_a_profile_is_read_and_changed_with_the_callers_token(
    users: ServiceChannel, answering: Answering, token: str, identity: Identity
) -> None:
    answering.answers |= {
        "GetAccount": pb.GetAccountResponse(account=ACCOUNT),
        "UpdateAccount": pb.UpdateAccountResponse(account=ACCOUNT),
        "ChangePassword": pb.ChangePasswordResponse(),
    }
    speaking(token, identity)
    accounts = RpcAccounts(users)

    assert await accounts.get() == await accounts.rename("Ada") == await accounts.rename(None) == ADA
    await accounts.change_password(current_password="old", new_password="new", client_address="192.0.2.7")

    assert answering.calls == [
        ("GetAccount", pb.GetAccountRequest(), token),
        ("UpdateAccount", pb.UpdateAccountRequest(display_name="Ada"), token),
        ("UpdateAccount", pb.UpdateAccountRequest(), token),
        (
            "ChangePassword",
            pb.ChangePasswordRequest(current_password="old", new_password="new", client_address="192.0.2.7"),
            token,
        ),
    ]


async def test_signing_in_and_renewing_give_tokens(users: ServiceChannel, answering: Answering) -> None:
    answering.answers |= {
        "SignIn": pb.SignInResponse(account=ACCOUNT, tokens=TOKENS),
        "Refresh": pb.RefreshResponse(tokens=TOKENS),
    }
    sessions = RpcSessions(users)

    signed_in = await sessions.sign_in(email="e", password="p", device="d", client_address="a")
    renewed = await sessions.refresh("r0")

    assert (signed_in.account, signed_in.access_token, signed_in.refresh_token) == (ADA, "a", "r")
    assert (renewed.session_id, renewed.access_expires_at, renewed.token_type) == ("s", NOW, "Bearer")
    assert answering.calls == [
        ("SignIn", pb.SignInRequest(email="e", password="p", device="d", client_address="a"), ""),
        ("Refresh", pb.RefreshRequest(refresh_token="r0"), ""),
    ]


async def test_sessions_are_checked_listed_and_ended(
    users: ServiceChannel, answering: Answering, token: str, identity: Identity
) -> None:
    session = pb.Session(id="s", device="d", created_at_ms=NOW_MS, last_seen_at_ms=NOW_MS, current=True)
    answering.answers |= {
        "CheckSession": pb.CheckSessionResponse(session=session),
        "ListSessions": pb.ListSessionsResponse(sessions=[session]),
        "EndSession": pb.EndSessionResponse(),
        "ProlongAccess": pb.ProlongAccessResponse(access_token="a2", access_expires_at_ms=NOW_MS),
    }
    speaking(token, identity)
    sessions = RpcSessions(users)

    await sessions.check()
    (listed,) = await sessions.list()
    await sessions.end("s")
    access = await sessions.prolong_access()

    assert (access.token, access.expires_at) == ("a2", NOW)
    assert (listed.id, listed.device, listed.last_seen_at, listed.current) == ("s", "d", NOW, True)
    assert [method for method, _, _ in answering.calls] == [
        "CheckSession",
        "ListSessions",
        "EndSession",
        "ProlongAccess",
    ]


async def test_an_ended_session_is_refused_in_the_services_words(
    users: ServiceChannel, answering: Answering, token: str, identity: Identity
) -> None:
    answering.answers["CheckSession"] = RemoteError(Kind.UNAUTHENTICATED, "session_ended", "Sign in again.")
    speaking(token, identity)

    with pytest.raises(RemoteError) as refusal:
        await RpcSessions(users).check()

    assert (refusal.value.kind, refusal.value.code) == (Kind.UNAUTHENTICATED, "session_ended")


async def test_a_throttled_sign_in_brings_its_pause_along(
    users: ServiceChannel, answering: Answering
) -> None:
    answering.answers["SignIn"] = RemoteError(Kind.THROTTLED, "too_many_attempts", retry_after_seconds=7.5)
    with pytest.raises(RemoteError) as refusal:
        await RpcSessions(users).sign_in(email="e", password="p", device="", client_address="")
    assert refusal.value.retry_after_seconds == 7.5


async def test_a_sign_in_is_never_tried_twice_but_a_read_is(
    users: ServiceChannel, answering: Answering, token: str, identity: Identity
) -> None:
    answering.answers |= {"SignIn": Unavailable("Later."), "GetAccount": Unavailable("Later.")}
    speaking(token, identity)

    with pytest.raises(Unavailable):
        await RpcSessions(users).sign_in(email="e", password="p", device="", client_address="")
    assert [method for method, _, _ in answering.calls] == ["SignIn"]

    with pytest.raises(Unavailable):
        await RpcAccounts(users).get()
    assert len(answering.calls) > 2


async def test_tokens_are_proven_with_the_keys_that_the_service_hands_out(
    users: ServiceChannel, answering: Answering, keys: TokenKeys, token: str
) -> None:
    answering.answers["GetSigningKeys"] = pb.GetSigningKeysResponse(jwks_json=await keys.fetch())
    tokens = VerifiedTokens(TokenVerifier(SigningKeys(users).fetch))
    assert await tokens.prove(token) == Caller(ACCOUNT_ID, SESSION_ID)
