"""Answers as JSON straight from the domain's dataclasses: a page of a thousand rows is no place for validation."""

from typing import Any

import msgspec
from fastapi import Response

from api_gateway.domain.nodes import At, Node

_encoder = msgspec.json.Encoder()
POSITION_HEADER = "Stowage-Seq"


def encoded(answer: object, status: int = 200) -> Response:
    """Any dataclass; times become RFC 3339."""
    return Response(_encoder.encode(answer), status, media_type="application/json")


def encoded_at(at: At[Any], status: int = 200) -> Response:
    """An answer with its place in the journal, and for a node its ETag."""
    response = encoded(at.answer, status)
    if at.position:
        response.headers[POSITION_HEADER] = at.position
    if isinstance(at.answer, Node):
        response.headers["ETag"] = etag(at.answer.revision)
    return response


def etag(revision: int) -> str:
    return f'"{revision}"'
