"""Where a process dies: at each state that is written, at each call to storage, at each request of a person."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.e2e.storm.http_line import HttpLine
from tests.e2e.storm.lines import Lines
from tests.e2e.storm.trouble import Request, When

GATEWAY, METADATA, UPLOADS = "api_gateway", "file_metadata_service", "file_upload_service"
TABLES, STORAGE = "dynamodb", "s3"
VICTIMS = (GATEWAY, METADATA, UPLOADS, TABLES, STORAGE)

# Of an upload's row; a bundle's stands whole in one attribute.
_STATES = ("open", "assembling", "stored", "committed", "aborting", "aborted")
_BLOB_STATES = ("live", "abandoned")
_WRITES = ("PutItem", "UpdateItem", "TransactWriteItems")


@dataclass(frozen=True, slots=True)
class CrashPoint:
    """One process dies at one request on one line."""

    name: str
    line: HttpLine
    matches: Callable[[Request], bool]
    when: When
    victim: str

    def __str__(self) -> str:
        return f"{self.victim} at {self.name}, {self.when}"


def crash_points(lines: Lines) -> list[CrashPoint]:
    return [*_at_tables(lines), *_at_storage(lines), *_at_doors(lines)]


def any_delay_seconds(chance: random.Random) -> float:
    """Of a death while a request is answered."""
    return chance.choice([0.0, 0.001, 0.003, 0.01, 0.03])


def _at_tables(lines: Lines) -> Iterator[CrashPoint]:
    for state in _STATES:
        name = f"the upload's row: {state}"
        for when, victim in ((When.BEFORE, UPLOADS), (When.AFTER, UPLOADS), (When.AFTER, TABLES)):
            yield CrashPoint(
                name, lines.upload_tables, _writes(f'{{"S":"{state}"}}', "upload_parts"), when, victim
            )
    for when in (When.BEFORE, When.AFTER):
        yield CrashPoint(
            "a bundle's row", lines.upload_tables, _writes('"bundle":', "upload_parts"), when, UPLOADS
        )
    for state in _BLOB_STATES:
        name, matches = f"the blob's row: {state}", _writes(f'{{"S":"{state}"}}', "blobs")
        for when, victim in (
            (When.BEFORE, METADATA), (When.AFTER, METADATA), (When.AFTER, UPLOADS),
            (When.DURING, TABLES), (When.AFTER, TABLES),
        ):  # fmt: skip
            yield CrashPoint(name, lines.metadata_tables, matches, when, victim)


def _at_storage(lines: Lines) -> Iterator[CrashPoint]:
    for name, method, query in (
        ("CreateMultipartUpload", "POST", "?uploads"),
        ("CompleteMultipartUpload", "POST", "uploadId="),
        ("HeadObject", "HEAD", "/blobs/"),
        ("AbortMultipartUpload", "DELETE", "uploadId="),
        ("DeleteObject", "DELETE", "/blobs/"),
        ("ListObjectsV2", "GET", "list-type=2"),
        ("ListMultipartUploads", "GET", "uploads"),
    ):
        for when, victim in (
            (When.BEFORE, UPLOADS), (When.AFTER, UPLOADS), (When.DURING, STORAGE), (When.AFTER, STORAGE),
        ):  # fmt: skip
            yield CrashPoint(name, lines.upload_storage, _asks(method, query), when, victim)
    for name, query in (("UploadPart", "partNumber="), ("PutObject", "/blobs/")):
        for when in (When.DURING, When.AFTER):
            yield CrashPoint(name, lines.storage, _asks("PUT", query), when, STORAGE)


def _at_doors(lines: Lines) -> Iterator[CrashPoint]:
    for method, path in (
        ("POST", "/uploads"), ("POST", "/urls"), ("POST", "/parts"), ("POST", "/complete"),
        ("DELETE", "/uploads/"), ("PUT", "/parts/"), ("POST", "/bundles"),
    ):  # fmt: skip
        for when in (When.DURING, When.AFTER):
            ends = method == "POST"
            yield CrashPoint(
                f"{method} {path}", lines.door, _asks(method, path, at_the_end=ends), when, GATEWAY
            )


def _writes(text: str, table: str) -> Callable[[Request], bool]:
    wanted, of_table = text.encode(), table.encode()
    return lambda it: it.operation in _WRITES and wanted in it.body and of_table in it.body


def _asks(method: str, text: str, *, at_the_end: bool = False) -> Callable[[Request], bool]:
    def matches(it: Request) -> bool:
        return it.method == method and (it.path.endswith(text) if at_the_end else text in it.path)

    return matches
