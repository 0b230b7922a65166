"""Forms that bring many files: read as they arrive, hashed, and held until the last one has come.

    plan    JSON, first: what files there will be
    file    the bytes of one, in the order of the plan; as often as it names files

What `FormData` in a browser and `curl -F` make is such a form. Nothing is written to disk: who reads one has taken as
much of a budget as the form is long.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from api_gateway.adapters.http.bodies import parsed_json
from api_gateway.adapters.http.form_requests import FilesPlan
from api_gateway.adapters.http.refusals import (
    BodyMalformed,
    BodyTooLarge,
    FormMalformed,
    MediaTypeUnsupported,
)
from api_gateway.domain.errors import BodyTooSlow
from api_gateway.domain.uploads import MAX_BUNDLED_BYTES, PlannedFile, ReceivedFile

_MAX_PART_HEADERS = 16
_MAX_PART_HEADER_BYTES = 8 * 1024


@dataclass(slots=True)
class FilesForm:
    """What has been read: the plan, and of the first of its files what came."""

    planned: Sequence[PlannedFile] = ()
    received: list[ReceivedFile] = field(default_factory=list)


def boundary_of(content_type: str) -> bytes:
    """Raises MediaTypeUnsupported if that is no form, FormMalformed if nobody could tell its parts apart."""
    media_type, options = parse_options_header(content_type)
    if media_type != b"multipart/form-data":
        raise MediaTypeUnsupported("Send the files with Content-Type: multipart/form-data.")
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise FormMalformed("The Content-Type names no boundary.")
    return boundary


async def read_files_form(
    chunks: AsyncIterator[bytes], boundary: bytes, *, max_plan_bytes: int, seconds: float
) -> FilesForm:
    """A form that ends in the middle of a file brought all those before it.

    Raises BodyTooSlow, FormMalformed, BodyMalformed, BodyTooLarge, RequestValidationError and what `chunks` raises.
    """
    reader = _Reader(max_plan_bytes)
    try:
        parser = MultipartParser(
            boundary,
            reader.callbacks(),
            max_header_count=_MAX_PART_HEADERS,
            max_header_size=_MAX_PART_HEADER_BYTES,
        )
        async with asyncio.timeout(seconds):
            async for chunk in chunks:
                parser.write(chunk)
    except FormParserError as error:
        raise FormMalformed("The body is no form, or not one with this boundary.") from error
    except TimeoutError as error:
        raise BodyTooSlow("The form took too long to arrive. Send fewer files at once.") from error
    return reader.ended()


class _Reader:
    """Told by the parser what it finds."""

    def __init__(self, max_plan_bytes: int) -> None:
        self._max_plan_bytes = max_plan_bytes
        self._form: FilesForm | None = None
        self._plan = bytearray()
        self._file: _Incoming | None = None
        self._header, self._value = bytearray(), bytearray()
        self._disposition = b""

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._note_header,
            "on_headers_finished": self._open,
            "on_part_data": self._take,
            "on_part_end": self._close,
        }

    def ended(self) -> FilesForm:
        """All there is."""
        if self._form is None:
            raise FormMalformed("The form ends before its plan does.")
        if self._file is not None:
            self._form.received.append(self._file.received(is_whole=False))
        return self._form

    def _begin(self) -> None:
        self._disposition = b""

    def _note_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _open(self) -> None:
        kind, options = parse_options_header(self._disposition)
        name = options.get(b"name") if kind == b"form-data" else None
        if self._form is None:
            if name != b"plan":
                raise FormMalformed("A form of files begins with its field plan.")
            return
        if name != b"file":
            raise FormMalformed("After its plan a form of files has fields named file, and no others.")
        if len(self._form.received) == len(self._form.planned):
            raise FormMalformed("The form brings more files than it planned.")
        self._file = _Incoming(self._form.planned[len(self._form.received)])

    def _take(self, data: bytes, start: int, end: int) -> None:
        chunk = data[start:end]
        if self._file is not None:
            self._file.take(chunk)
        elif len(self._plan) + len(chunk) > self._max_plan_bytes:
            raise BodyTooLarge(f"A plan may have at most {self._max_plan_bytes} bytes.")
        else:
            self._plan += chunk

    def _close(self) -> None:
        if self._form is None:
            self._form = FilesForm(_plan_of(bytes(self._plan)))
        elif self._file is not None:
            self._form.received.append(self._file.received(is_whole=True))
            self._file = None


class _Incoming:
    """One file on its way in. Of one that is too large nothing is kept but its length."""

    def __init__(self, planned: PlannedFile) -> None:
        self._planned = planned
        self._most = min(MAX_BUNDLED_BYTES, MAX_BUNDLED_BYTES if planned.size is None else planned.size)
        self._chunks: list[bytes] = []
        self._digest = hashlib.sha256()
        self._size = 0

    def take(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._most:
            self._chunks.clear()
            return
        self._chunks.append(chunk)
        self._digest.update(chunk)

    def received(self, *, is_whole: bool) -> ReceivedFile:
        return ReceivedFile(self._planned, self._size, self._digest.digest(), tuple(self._chunks), is_whole)


def _plan_of(content: bytes) -> Sequence[PlannedFile]:
    try:
        said = parsed_json(content)
    except (ValueError, RecursionError) as error:
        raise BodyMalformed("The plan is not JSON.") from error
    try:
        return FilesPlan.model_validate(said).to_domain()
    except ValidationError as error:
        complaints = [{**each, "loc": ("plan", *each["loc"])} for each in error.errors(include_input=False)]
        raise RequestValidationError(complaints) from error
