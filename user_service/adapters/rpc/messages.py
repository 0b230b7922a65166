"""Between the domain and the wire."""

from datetime import datetime

from chassis import rpc
from stowage.user.v1 import user_pb2 as pb
from user_service.domain.account import Account
from user_service.domain.ids import AccountId, SessionId
from user_service.domain.session import Session
from user_service.domain.tokens import Caller, Tokens


def caller() -> Caller:
    """Whose token came with this call. Raises Unauthenticated."""
    identity = rpc.identity()
    return Caller(AccountId(identity.account_id), SessionId(identity.session_id))


def account_message(account: Account) -> pb.Account:
    return pb.Account(
        id=account.id,
        email=account.email,
        display_name=account.display_name,
        created_at_ms=milliseconds(account.created_at),
    )


def session_message(session: Session, *, current: SessionId) -> pb.Session:
    return pb.Session(
        id=session.id,
        device=session.device,
        created_at_ms=milliseconds(session.created_at),
        last_seen_at_ms=milliseconds(session.last_seen_at),
        current=session.id == current,
    )


def tokens_message(tokens: Tokens) -> pb.Tokens:
    return pb.Tokens(
        access_token=tokens.access_token,
        access_expires_at_ms=milliseconds(tokens.access_expires_at),
        refresh_token=tokens.refresh_token,
        refresh_expires_at_ms=milliseconds(tokens.refresh_expires_at),
        session_id=tokens.session_id,
    )


def milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)
