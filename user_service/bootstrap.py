"""Puts user_service together: settings in, a server out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from chassis.dynamodb import DynamoDB, Transport, open_dynamodb
from chassis.redis_line import RedisLine, open_redis
from chassis.service import Server, Service
from user_service.adapters.dynamodb.accounts import DynamoAccountRepository
from user_service.adapters.dynamodb.probe import TablesProbe
from user_service.adapters.dynamodb.sessions import DynamoSessionRepository
from user_service.adapters.jose.keyring import PemKeyring
from user_service.adapters.memory.throttle import MemoryThrottle
from user_service.adapters.passlib.hasher import Argon2Hasher, Argon2Parameters
from user_service.adapters.redis.session_cache import RedisSessionCache
from user_service.adapters.redis.throttle import RedisThrottle
from user_service.adapters.rpc.accounts import AccountRpc
from user_service.adapters.rpc.policy import POLICY
from user_service.adapters.rpc.server import KeyRpc, UserRpc
from user_service.adapters.rpc.sessions import SessionRpc
from user_service.adapters.system.clock import SystemClock
from user_service.adapters.system.entropy import SystemEntropy
from user_service.adapters.zxcvbn.common_passwords import common_passwords
from user_service.app.attempts import AttemptGuard
from user_service.app.change_password import ChangePassword
from user_service.app.end_sessions import EndSession, SessionEnder
from user_service.app.profile import GetAccount, UpdateAccount
from user_service.app.prolong_access import ProlongAccess
from user_service.app.read_sessions import CheckSession, ListSessions
from user_service.app.refresh import Refresh
from user_service.app.register import Register
from user_service.app.sign_in import SignIn
from user_service.app.token_issuer import TokenIssuer
from user_service.domain.refresh_tokens import RefreshTokenMint
from user_service.ports.common_passwords import CommonPasswords
from user_service.settings import UserSettings

NAME = "user-service"
# A key that is added is known, and one that is deleted forgotten, by every instance within this time.
_KEYS_EVERY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What the use cases are made of."""

    settings: UserSettings
    accounts: DynamoAccountRepository
    sessions: DynamoSessionRepository
    cache: RedisSessionCache
    hasher: Argon2Hasher
    keyring: PemKeyring
    guard: AttemptGuard
    clock: SystemClock
    entropy: SystemEntropy
    common_passwords: CommonPasswords


def _as_it_is(transport: Transport) -> Transport:
    return transport


async def build(
    service: Service[UserSettings], *, wrap: Callable[[Transport], Transport] = _as_it_is
) -> Server:
    """Opens the clients and wires the rest. Waits for nothing remote. `wrap` lets tests stand before DynamoDB."""
    settings, stack = service.settings, service.stack
    db = await stack.enter_async_context(
        open_dynamodb(endpoint=settings.dynamodb_endpoint, region=settings.aws_region, wrap=wrap)
    )
    line = await stack.enter_async_context(open_redis(settings.redis_url))
    parts = assemble(settings, db, line)
    stack.callback(parts.hasher.close)
    service.start(parts.cache.run(), name="tombstones")
    service.probe("dynamodb", TablesProbe(db, prefix=settings.table_prefix))
    service.probe("signing_keys", parts.keyring.reload, every_seconds=_KEYS_EVERY_SECONDS)
    verifier = service.verifier(parts.keyring.key_set)
    return service.rpc_server(policy=POLICY, register=rpc_of(parts), verifier=verifier)


def assemble(settings: UserSettings, db: DynamoDB, line: RedisLine) -> Parts:
    clock = SystemClock()
    return Parts(
        settings=settings,
        accounts=DynamoAccountRepository(db, prefix=settings.table_prefix),
        sessions=DynamoSessionRepository(db, prefix=settings.table_prefix),
        cache=RedisSessionCache(line),
        hasher=Argon2Hasher(
            Argon2Parameters(
                memory_kib=settings.argon2_memory_kib,
                passes=settings.argon2_passes,
                lanes=settings.argon2_lanes,
            ),
            threads=settings.hashing_threads,
            max_waiting=settings.argon2_queue,
        ),
        keyring=PemKeyring(settings.token_keys_dir, clock),
        guard=AttemptGuard(RedisThrottle(line), MemoryThrottle(clock), settings.attempt_limits),
        clock=clock,
        entropy=SystemEntropy(),
        common_passwords=common_passwords(),
    )


def rpc_of(parts: Parts) -> UserRpc:
    accounts, sessions, clock = parts.accounts, parts.sessions, parts.clock
    mint = RefreshTokenMint(parts.settings.refresh_secret.get_secret_value().encode())
    issuer = TokenIssuer(parts.keyring, timedelta(days=parts.settings.session_days))
    ender = SessionEnder(sessions, parts.cache, clock)
    register = Register(
        accounts, parts.hasher, parts.guard, mint, clock, parts.entropy, parts.common_passwords
    )
    sign_in = SignIn(
        accounts=accounts,
        sessions=sessions,
        cache=parts.cache,
        hasher=parts.hasher,
        guard=parts.guard,
        issuer=issuer,
        mint=mint,
        ender=ender,
        clock=clock,
        entropy=parts.entropy,
    )
    change_password = ChangePassword(accounts, parts.hasher, parts.guard, ender, parts.common_passwords)
    return UserRpc(
        AccountRpc(register, GetAccount(accounts), UpdateAccount(accounts), change_password),
        SessionRpc(
            sign_in=sign_in,
            refresh=Refresh(accounts, sessions, issuer, mint, ender, clock),
            check_session=CheckSession(sessions, parts.cache, clock),
            prolong_access=ProlongAccess(accounts, sessions, issuer, clock),
            list_sessions=ListSessions(sessions, clock),
            end_session=EndSession(sessions, ender),
        ),
        KeyRpc(parts.keyring),
    )
