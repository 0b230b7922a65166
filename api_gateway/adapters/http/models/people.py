"""Accounts and sessions."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api_gateway.adapters.http.models.bases import EARLIER, ID, LATER, OTHER_ID, Answer, Id, sample

_ACCOUNT = {"id": ID, "email": "ada@example.com", "display_name": "Ada", "created_at": EARLIER}
_TOKENS = {
    "access_token": "eyJhbGciOiJFUzI1NiIsImtpZCI6IjIwMjYtMDUifQ.eyJzdWIiOiI5Zjg2In0.c2lnbmF0dXJl",
    "access_expires_at": LATER,
    "refresh_token": "c3Rvd2FnZS1yZWZyZXNoLXRva2Vu",
    "refresh_expires_at": "2026-06-04T09:30:00Z",
    "session_id": OTHER_ID,
    "token_type": "Bearer",
}
_SESSION = {
    "id": OTHER_ID,
    "device": "stowage on laptop",
    "created_at": EARLIER,
    "last_seen_at": LATER,
    "current": True,
}


class Account(Answer):
    """A person who can sign in."""

    model_config = sample(**_ACCOUNT)

    id: Id
    email: str
    display_name: str
    created_at: datetime


class Tokens(Answer):
    """What a client shows to be let in, and what it exchanges for the next ones."""

    model_config = sample(**_TOKENS)

    access_token: str = Field(description="Ten minutes long; send it as `Authorization: Bearer …`")
    access_expires_at: datetime
    refresh_token: str = Field(description="Opaque, and good for one exchange")
    refresh_expires_at: datetime
    session_id: Id
    token_type: Literal["Bearer"]


class SignedIn(Tokens):
    """Tokens, and whose they are."""

    model_config = sample(account=_ACCOUNT, **_TOKENS)

    account: Account


class BrowserSession(Answer):
    """A session whose tokens are in cookies."""

    model_config = sample(
        access_expires_at=LATER, refresh_expires_at=_TOKENS["refresh_expires_at"], session_id=OTHER_ID
    )

    access_expires_at: datetime = Field(description="Refresh before")
    refresh_expires_at: datetime = Field(description="Unless it is refreshed, the session ends")
    session_id: Id


class BrowserSignedIn(BrowserSession):
    """A session whose tokens are in cookies, and whose it is."""

    model_config = sample(
        account=_ACCOUNT,
        access_expires_at=LATER,
        refresh_expires_at=_TOKENS["refresh_expires_at"],
        session_id=OTHER_ID,
    )

    account: Account


class Session(Answer):
    """One signed-in device."""

    model_config = sample(**_SESSION)

    id: Id
    device: str
    created_at: datetime
    last_seen_at: datetime
    current: bool = Field(description="Whether it is the one that asks")


class SessionList(Answer):
    """All sessions of an account, newest first; there are no further pages."""

    model_config = sample(items=[_SESSION], next_cursor=None)

    items: list[Session]
    next_cursor: None
