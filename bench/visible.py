"""How long after its last byte a file is there: p50 and p99, by the number of its parts.

python -m bench visible --parts 1:50 100:5 1000:1

`PARTS:TIMES`. The clock starts when storage has acknowledged the last part, and stops when a look at the file's path
finds it; the report of the last parts, putting them together, the proof, the flush and the commit lie between. Whoever
waits asks for the upload every 20 ms. Parts have 8 MiB: 1,000 are 7.8 GiB, which storage on ext4 holds twice meanwhile.
"""

import argparse
import asyncio
import hashlib
import os
import secrets
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from bench.arena import Person, arena, together
from bench.findings import circumstances
from bench.http_client import Connection
from bench.measured import MIB
from bench.presigned import put_request

PART_BYTES = 8 * MIB
_CLAIMS = 100  # of one request
_PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Sending:
    """One person, connections to storage, and the bytes that every part but the last has."""

    person: Person
    to_storage: Sequence[Connection]
    body: bytes

    async def seconds(self, parts: int) -> float:
        """From the last part's acknowledgement until the file is seen. One part is 8 MiB, the last of more 1 byte."""
        name = secrets.token_hex(8)
        size = PART_BYTES if parts == 1 else (parts - 1) * PART_BYTES + 1
        plan = {"folder_id": "root", "name": name, "size": size}
        upload = (await self.person.ask("POST", "/uploads", plan))["upload"]
        assert upload["part_count"] == parts
        path = f"/uploads/{upload['id']}"
        for first in range(1, parts + 1, _CLAIMS):
            reports = await self._send(path, range(first, min(first + _CLAIMS, parts + 1)), parts)
            if first + _CLAIMS <= parts:
                await self.person.ask("POST", f"{path}/parts", {"parts": reports})
        started = time.perf_counter()
        state = await self.person.ask("POST", f"{path}/complete", {"parts": reports})
        while state["state"] != "committed":
            await asyncio.sleep(_PAUSE_SECONDS)
            state = await self.person.ask("GET", path)
        await self.person.ask("GET", f"/paths/{name}")
        return time.perf_counter() - started

    async def _send(self, path: str, numbers: range, parts: int) -> list[dict[str, Any]]:
        bodies = {each: self.body[:1] if each == parts > 1 else self.body for each in numbers}
        digests = {body: hashlib.sha256(body).hexdigest() for body in set(bodies.values())}
        claims = [{"number": each, "sha256": digests[body]} for each, body in bodies.items()]
        urls = (await self.person.ask("POST", f"{path}/urls", {"parts": claims}))["urls"]
        waiting, reports = iter(urls), list[dict[str, Any]]()

        async def work(connection: Connection) -> None:
            for signed in waiting:
                number = signed["number"]
                answer = await connection.ask(put_request(signed["url"], signed["headers"], bodies[number]))
                head = answer.head
                etag = head.partition(b"etag: ")[2].partition(b"\r")[0].decode()
                reports.append({"number": number, "etag": etag})

        await together(work(each) for each in self.to_storage)
        return reports


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="stowage-bench-", dir=options.folder) as folder:
        uvloop.run(_measure(Path(folder), options))


async def _measure(folder: Path, options: argparse.Namespace) -> None:
    async with arena(folder, quick=False) as opened:
        person = await opened.person(1)
        endpoint = opened.stack.env("file_upload_service")["S3_ENDPOINT"]
        to_storage = [await Connection.open(endpoint) for _ in range(options.at_once)]
        sending = Sending(person, to_storage, os.urandom(PART_BYTES))
        print(f"{circumstances()}; {options.at_once} connections")
        await sending.seconds(1)  # to be warm
        for parts, times in options.parts:
            await person.sign_in()
            took = sorted([await sending.seconds(parts) for _ in range(times)])
            print(
                f"{parts:5,} parts: p50 {_at(took, 0.5) * 1000:,.0f} ms, p99 {_at(took, 0.99) * 1000:,.0f} ms "
                f"of {times}; load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
        for connection in to_storage:
            connection.close()


def _at(took: Sequence[float], share: float) -> float:
    """Of few the largest is the p99, and is called so with their number beside it."""
    return took[min(len(took) - 1, int(len(took) * share))]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench visible",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--parts",
        type=_parts,
        nargs="+",
        default=[(1, 50), (100, 5), (1000, 1)],
        help="PARTS:TIMES (1:50 100:5 1000:1)",
    )
    parser.add_argument("--at-once", type=int, default=4, help="connections to storage (4)")
    parser.add_argument("--folder", type=Path, default=None, help="where to work (the temporary folder)")
    return parser.parse_args(arguments)


def _parts(text: str) -> tuple[int, int]:
    parts, _, times = text.partition(":")
    return int(parts), int(times or 1)
