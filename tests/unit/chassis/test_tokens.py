import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from jose import jwt

from chassis.errors import Unauthenticated, Unavailable
from chassis.tokens import Identity, TokenVerifier
from tests.fakes.token_keys import ACCOUNT_ID, SESSION_ID, TokenKeys

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def keys() -> TokenKeys:
    return TokenKeys("k1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(keys: TokenKeys, clock: Clock) -> TokenVerifier:
    return TokenVerifier(keys.fetch, clock=clock)


async def test_a_good_token_names_its_account_and_session(keys: TokenKeys, verifier: TokenVerifier) -> None:
    assert await verifier.verify(keys.token(now=NOW)) == Identity(
        account_id=ACCOUNT_ID, session_id=SESSION_ID, expires_at=NOW + timedelta(minutes=10)
    )


async def test_a_token_of_a_foreign_key_with_a_known_kid_is_refused(verifier: TokenVerifier) -> None:
    with pytest.raises(Unauthenticated):
        await verifier.verify(TokenKeys("k1").token(now=NOW))


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "elsewhere"},
        {"aud": None},
        {"exp": None},
        {"exp": "never"},
        {"exp": [1]},
        {"exp": 10**30},
        {"sub": None},
        {"sub": 7},
        {"sid": None},
        {"exp": int(NOW.timestamp())},
        {"nbf": 10**10},
    ],
    ids=str,
)
async def test_wrong_claims_are_refused(
    claims: dict[str, object], keys: TokenKeys, verifier: TokenVerifier
) -> None:
    with pytest.raises(Unauthenticated):
        await verifier.verify(keys.token(now=NOW, **claims))


async def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused(
    keys: TokenKeys, verifier: TokenVerifier
) -> None:
    claims = jwt.get_unverified_claims(keys.token(now=NOW))
    forged = jwt.encode(claims, json.dumps(keys.public("k1")), "HS256", headers={"kid": "k1"})
    with pytest.raises(Unauthenticated):
        await verifier.verify(forged)


async def test_a_token_without_a_signature_is_refused(keys: TokenKeys, verifier: TokenVerifier) -> None:
    header = base64.urlsafe_b64encode(b'{"alg":"none","kid":"k1"}').decode().rstrip("=")
    _, payload, _ = keys.token(now=NOW).split(".")
    with pytest.raises(Unauthenticated):
        await verifier.verify(f"{header}.{payload}.")


@pytest.mark.parametrize("rubbish", ["", "x", "a.b.c", "....", "\ud800"])
async def test_what_is_no_token_is_refused(rubbish: str, verifier: TokenVerifier) -> None:
    with pytest.raises(Unauthenticated):
        await verifier.verify(rubbish)


async def test_a_remembered_token_expires_all_the_same(
    keys: TokenKeys, verifier: TokenVerifier, clock: Clock
) -> None:
    token = keys.token(now=NOW)
    await verifier.verify(token)
    clock.advance(600)
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


async def test_an_unknown_key_is_fetched_at_once_also_right_after_the_last_fetch(
    keys: TokenKeys, verifier: TokenVerifier
) -> None:
    """`keys revoke` gives no notice."""
    await verifier.refresh()
    keys.add("k2")
    assert (await verifier.verify(keys.token("k2", now=NOW))).account_id == ACCOUNT_ID


async def test_unknown_keys_cost_one_fetch_per_pause_however_many_arrive(
    keys: TokenKeys, verifier: TokenVerifier, clock: Clock
) -> None:
    await verifier.refresh()
    clock.advance(6)
    strangers = [TokenKeys(f"x{number}").token(f"x{number}", now=NOW) for number in range(20)]
    outcomes = await asyncio.gather(*(verifier.verify(each) for each in strangers), return_exceptions=True)
    assert {type(each) for each in outcomes} == {Unauthenticated}
    assert keys.fetches == 2


async def test_the_last_good_keys_serve_while_none_can_be_had(
    keys: TokenKeys, verifier: TokenVerifier
) -> None:
    await verifier.refresh()
    keys.away = True
    with pytest.raises(Unavailable):
        await verifier.refresh()
    assert await verifier.verify(keys.token(now=NOW))


async def test_without_any_key_a_token_is_neither_good_nor_bad(
    keys: TokenKeys, verifier: TokenVerifier
) -> None:
    keys.away = True
    with pytest.raises(Unavailable):
        await verifier.verify(keys.token(now=NOW))
    assert not verifier.has_keys


async def test_a_withdrawn_key_proves_nothing_any_more(
    keys: TokenKeys, verifier: TokenVerifier, clock: Clock
) -> None:
    keys.add("k2")
    token = keys.token("k2", now=NOW)
    await verifier.verify(token)
    keys.remove("k2")
    await verifier.refresh()
    clock.advance(6)
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


@pytest.mark.parametrize("jwks", ["", "[]", "{}", '{"keys": []}', '{"keys": [{"kty": "oct", "kid": "k1"}]}'])
async def test_a_key_set_that_makes_no_sense_never_replaces_a_good_one(jwks: str) -> None:
    keys = TokenKeys("k1")
    answers = [await keys.fetch(), jwks]

    async def fetch() -> str:
        return answers.pop(0)

    verifier = TokenVerifier(fetch, clock=lambda: NOW)
    await verifier.refresh()
    with pytest.raises(Unavailable):
        await verifier.refresh()
    assert await verifier.verify(keys.token(now=NOW))


async def test_memory_for_tokens_is_bounded(keys: TokenKeys) -> None:
    verifier = TokenVerifier(keys.fetch, clock=lambda: NOW, remember_tokens=3)
    for number in range(6):
        await verifier.verify(keys.token(now=NOW, sid=str(number)))
    assert len(verifier._verified) == 3
