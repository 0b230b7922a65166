"""Answers as JSON straight from the domain's dataclasses: a page of a thousand rows is no place for validation."""

from typing import Any

import msgspec
from fastapi import Response

from api_gateway.adapters.http.paths import PREFIX
from api_gateway.domain.jobs import Job
from api_gateway.domain.nodes import At, File, Folder, FoundPage, PlacedNode
from api_gateway.domain.uploads import KnownUpload, Upload, UploadWithParts

_encoder = msgspec.json.Encoder()


def encoded(answer: object, status: int = 200) -> Response:
    """Any dataclass; times become RFC 3339."""
    return Response(_encoder.encode(answer), status, media_type="application/json")


def encoded_at(at: At[Any], status: int = 200) -> Response:
    """An answer with its place in the journal, and for a node its ETag."""
    answer = at.answer
    node = answer.node if isinstance(answer, PlacedNode) else answer
    response = encoded(_placed(answer) if isinstance(answer, PlacedNode) else answer, status)
    if at.position:
        response.headers["Stowage-Seq"] = at.position
    if isinstance(node, Folder | File):
        response.headers["ETag"] = etag(node.revision)
    return response


def accepted(answer: At[Upload] | Job) -> Response:
    """Of what goes on, and where to ask how far it is."""
    if isinstance(answer, Job):
        response, path = encoded(answer, 202), f"/jobs/{answer.id}"
    else:
        response, path = encoded_at(answer, 202), f"/uploads/{answer.answer.id}"
    response.headers["Location"] = PREFIX + path
    return response


def encoded_found(at: At[FoundPage]) -> Response:
    """A page of nodes, each with the way to it, and its place in the journal."""
    page = at.answer
    items = [_placed(each) for each in page.items]
    response = encoded({"items": items, "next_cursor": page.next_cursor, "complete": page.complete})
    response.headers["Stowage-Seq"] = at.position
    return response


def encoded_upload(answer: UploadWithParts) -> Response:
    """An upload, with its parts only if they were asked for."""
    if answer.parts is None:
        return encoded(answer.upload)
    return encoded({**msgspec.to_builtins(answer.upload), "parts": answer.parts})


def encoded_known(at: At[KnownUpload]) -> Response:
    """An upload with its parts, and whether more of them can be copied."""
    known = at.answer
    body = {**msgspec.to_builtins(known.upload), "parts": known.parts, "more": known.more}
    return encoded_at(At(body, at.position))


def _placed(answer: PlacedNode) -> object:
    if answer.ancestors is None:
        return answer.node
    return {**msgspec.to_builtins(answer.node), "ancestors": answer.ancestors}


def etag(revision: int) -> str:
    return f'"{revision}"'


def etag_of_version(number: int) -> str:
    """Apart from every node's: bytes that were asked for by their version never change."""
    return f'"v{number}"'
