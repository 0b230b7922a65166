"""What a handler may know about the call that it serves."""

import time
from contextvars import ContextVar

from chassis.errors import Unauthenticated
from chassis.tokens import Identity

_identity: ContextVar[Identity | None] = ContextVar("identity", default=None)
_bearer: ContextVar[str] = ContextVar("bearer", default="")
_caller: ContextVar[str] = ContextVar("caller", default="")
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def identity() -> Identity:
    """Who this call's access token speaks for. Raises Unauthenticated where the policy asks for none."""
    current = _identity.get()
    if current is None:
        raise Unauthenticated("This call carries no access token.")
    return current


def bearer() -> str:
    """The access token of this call itself, to be handed on; "" where the policy asks for none."""
    return _bearer.get()


def caller() -> str:
    """The service that calls, as its certificate names it; "" outside of a call."""
    return _caller.get()


def remaining_seconds() -> float | None:
    """How long the caller will wait; None outside of a call."""
    deadline = _deadline.get()
    return None if deadline is None else deadline - time.monotonic()


def enter_call(calling_service: str, remaining: float) -> None:
    """Set by the interceptor, in the task that serves the call."""
    _caller.set(calling_service)
    _deadline.set(time.monotonic() + remaining)


def enter_identity(token: str, proven: Identity) -> None:
    """Set by the interceptor, or by whoever checked a token at the edge."""
    _bearer.set(token)
    _identity.set(proven)
