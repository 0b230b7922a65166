"""Accounts and sessions over gRPC."""

from api_gateway.adapters.rpc.translation import account_of, moment, session_of, tokens_of
from api_gateway.domain.identity import Access, Account, Session, SignedIn, Tokens
from chassis.rpc.channels import ServiceChannel
from stowage.user.v1 import user_pb2 as pb
from stowage.user.v1.user_pb2_grpc import AccountServiceStub, SessionServiceStub

# Hashing a password takes its time, and waits its turn behind others.
_HASHING_SECONDS = 10.0
_SECONDS = 5.0


class RpcAccounts:
    """Implements ports.accounts.Accounts."""

    def __init__(self, users: ServiceChannel) -> None:
        self._register = users.unary(
            lambda it: AccountServiceStub(it).Register, timeout_seconds=_HASHING_SECONDS, idempotent=True
        )
        self._get = users.unary(
            lambda it: AccountServiceStub(it).GetAccount, timeout_seconds=_SECONDS, idempotent=True
        )
        self._update = users.unary(
            lambda it: AccountServiceStub(it).UpdateAccount, timeout_seconds=_SECONDS, idempotent=True
        )
        self._change_password = users.unary(
            lambda it: AccountServiceStub(it).ChangePassword,
            timeout_seconds=_HASHING_SECONDS,
            idempotent=True,
        )

    async def register(
        self, *, command_id: str, email: str, password: str, display_name: str, client_address: str
    ) -> Account:
        request = pb.RegisterRequest(
            command_id=command_id,
            email=email,
            password=password,
            display_name=display_name,
            client_address=client_address,
        )
        return account_of((await self._register(request, token="")).account)

    async def get(self) -> Account:
        return account_of((await self._get(pb.GetAccountRequest())).account)

    async def rename(self, display_name: str | None) -> Account:
        return account_of((await self._update(pb.UpdateAccountRequest(display_name=display_name))).account)

    async def change_password(self, *, current_password: str, new_password: str, client_address: str) -> None:
        request = pb.ChangePasswordRequest(
            current_password=current_password, new_password=new_password, client_address=client_address
        )
        await self._change_password(request)


class RpcSessions:
    """Implements ports.sessions.Sessions."""

    def __init__(self, users: ServiceChannel) -> None:
        # The only unsafe call: repeating it may open a second session, and counts as another attempt.
        self._sign_in = users.unary(
            lambda it: SessionServiceStub(it).SignIn, timeout_seconds=_HASHING_SECONDS, idempotent=False
        )
        self._refresh = users.unary(
            lambda it: SessionServiceStub(it).Refresh, timeout_seconds=_SECONDS, idempotent=True
        )
        self._check = users.unary(
            lambda it: SessionServiceStub(it).CheckSession, timeout_seconds=_SECONDS, idempotent=True
        )
        self._prolong = users.unary(
            lambda it: SessionServiceStub(it).ProlongAccess, timeout_seconds=_SECONDS, idempotent=True
        )
        self._list = users.unary(
            lambda it: SessionServiceStub(it).ListSessions, timeout_seconds=_SECONDS, idempotent=True
        )
        self._end = users.unary(
            lambda it: SessionServiceStub(it).EndSession, timeout_seconds=_SECONDS, idempotent=True
        )

    async def sign_in(self, *, email: str, password: str, device: str, client_address: str) -> SignedIn:
        request = pb.SignInRequest(
            email=email, password=password, device=device, client_address=client_address
        )
        answer = await self._sign_in(request, token="")
        return SignedIn(
            account_of(answer.account),
            answer.tokens.access_token,
            moment(answer.tokens.access_expires_at_ms),
            answer.tokens.refresh_token,
            moment(answer.tokens.refresh_expires_at_ms),
            answer.tokens.session_id,
        )

    async def refresh(self, refresh_token: str) -> Tokens:
        return tokens_of(
            (await self._refresh(pb.RefreshRequest(refresh_token=refresh_token), token="")).tokens
        )

    async def check(self) -> None:
        await self._check(pb.CheckSessionRequest())

    async def prolong_access(self) -> Access:
        answer = await self._prolong(pb.ProlongAccessRequest())
        return Access(answer.access_token, moment(answer.access_expires_at_ms))

    async def list(self) -> tuple[Session, ...]:
        return tuple(session_of(each) for each in (await self._list(pb.ListSessionsRequest())).sessions)

    async def end(self, session_id: str) -> None:
        await self._end(pb.EndSessionRequest(session_id=session_id))
