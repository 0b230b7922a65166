"""SessionService."""

from dataclasses import dataclass
from typing import Any

from stowage.user.v1 import user_pb2 as pb
from stowage.user.v1.user_pb2_grpc import SessionServiceServicer
from user_service.adapters.rpc.messages import (
    account_message,
    caller,
    milliseconds,
    session_message,
    tokens_message,
)
from user_service.app.end_sessions import EndSession
from user_service.app.prolong_access import ProlongAccess
from user_service.app.read_sessions import CheckSession, ListSessions
from user_service.app.refresh import Refresh
from user_service.app.sign_in import Credentials, SignIn
from user_service.domain.ids import SessionId


@dataclass(frozen=True, slots=True)
class SessionRpc(SessionServiceServicer):
    """Translates; what an rpc answers, and refuses, stands in the proto."""

    sign_in: SignIn
    refresh: Refresh
    check_session: CheckSession
    prolong_access: ProlongAccess
    list_sessions: ListSessions
    end_session: EndSession

    async def SignIn(self, request: pb.SignInRequest, context: Any) -> pb.SignInResponse:
        credentials = Credentials(
            email=request.email,
            password=request.password,
            device=request.device,
            address=request.client_address,
        )
        account, tokens = await self.sign_in(credentials)
        return pb.SignInResponse(account=account_message(account), tokens=tokens_message(tokens))

    async def Refresh(self, request: pb.RefreshRequest, context: Any) -> pb.RefreshResponse:
        return pb.RefreshResponse(tokens=tokens_message(await self.refresh(request.refresh_token)))

    async def CheckSession(self, request: pb.CheckSessionRequest, context: Any) -> pb.CheckSessionResponse:
        asking = caller()
        session = await self.check_session(asking)
        return pb.CheckSessionResponse(session=session_message(session, current=asking.session_id))

    async def ProlongAccess(self, request: pb.ProlongAccessRequest, context: Any) -> pb.ProlongAccessResponse:
        access = await self.prolong_access(caller())
        return pb.ProlongAccessResponse(
            access_token=access.text, access_expires_at_ms=milliseconds(access.expires_at)
        )

    async def ListSessions(self, request: pb.ListSessionsRequest, context: Any) -> pb.ListSessionsResponse:
        asking = caller()
        sessions = await self.list_sessions(asking)
        return pb.ListSessionsResponse(
            sessions=[session_message(session, current=asking.session_id) for session in sessions]
        )

    async def EndSession(self, request: pb.EndSessionRequest, context: Any) -> pb.EndSessionResponse:
        await self.end_session(caller(), SessionId(request.session_id) if request.session_id else None)
        return pb.EndSessionResponse()
