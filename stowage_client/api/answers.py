"""Reading what the server answers: values, refusals, and things that are not Stowage at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from stowage_client.errors import ApiError, NotUnderstood


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: its status, its JSON (None if it has no body) and when the server said it."""

    status: int
    data: Any
    answered_at: datetime


@contextmanager
def reading() -> Iterator[None]:
    """Turns a value that is missing or of another kind into words. Raises NotUnderstood."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotUnderstood(
            f"The server's answer is not what this version expects ({type(error).__name__}: {error}).",
            hint="Is it a Stowage server, of the same release as this command line?",
        ) from error


def understood(response: httpx.Response) -> Answer:
    """A success. Raises NotUnderstood if it is not JSON."""
    if response.is_redirect:
        raise NotUnderstood(f"The server sends us elsewhere: {response.headers.get('location', '')}.")
    with reading():
        data = response.json() if response.content else None
    return Answer(response.status_code, data, _date(response))


def refusal(response: httpx.Response) -> ApiError:
    """The problem that the server describes (RFC 9457), or what can be said without a description."""
    return problem_in(
        _problem(response),
        status=response.status_code,
        request_id=response.headers.get("x-request-id"),
        retry_after_seconds=_seconds(response.headers.get("retry-after")),
    )


def problem_in(
    problem: Mapping[str, Any],
    *,
    status: int,
    request_id: str | None = None,
    retry_after_seconds: float | None = None,
) -> ApiError:
    """A problem that is all of an answer, or one of many in it."""
    return ApiError(
        str(problem.get("detail") or problem.get("title") or f"The server answered {status}."),
        status=status,
        server_code=str(problem.get("code") or f"http_{status}"),
        request_id=problem.get("request_id") or request_id,
        retry_after_seconds=retry_after_seconds,
    )


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        problem = response.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _seconds(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:  # a date: our own backoff will do
        return None


def _date(response: httpx.Response) -> datetime:
    try:
        return parsedate_to_datetime(response.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return datetime.now(UTC)
