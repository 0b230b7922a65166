"""A folder as one zip, beside one file of as many bytes through the same relay, in turns.

python -m bench zips --files 1000 --bytes 65536 --rounds 3
"""

import argparse
import asyncio
import io
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlsplit

import uvloop

from bench.arena import PASSWORD, Arena, Person, arena
from bench.findings import circumstances
from bench.measured import MIB, peak_rss_bytes, run

ZIP, RELAY = "zip", "relay"


class Fetched(NamedTuple):
    """`first_seconds`: until the first byte of the body. `grown_bytes`: what the gateway's memory peaked at above
    what it held before."""

    first_seconds: float
    seconds: float
    grown_bytes: int
    body: bytes


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="stowage-bench-") as folder:
        uvloop.run(_measure(Path(folder), options))


async def _measure(folder: Path, options: argparse.Namespace) -> None:
    total = options.files * options.bytes
    async with arena(folder, quick=False) as opened:
        person = await opened.person(1)
        holder = await person.folder("holder")
        await asyncio.to_thread(_put, folder, opened, person, options)
        contestants = (
            (ZIP, f"/folders/{holder}/zip"),
            (RELAY, f"/files/{(await person.ask('GET', '/paths/one.bin'))['id']}/content?relay=1"),
        )
        fetched: dict[str, list[Fetched]] = {ZIP: [], RELAY: []}
        for number in range(options.rounds):
            for name, path in contestants if number % 2 == 0 else reversed(contestants):
                await person.sign_in()
                fetched[name].append(await _fetch(opened, person, path))
        with zipfile.ZipFile(io.BytesIO(fetched[ZIP][0].body)) as archive:
            assert archive.testzip() is None
            assert sum(not each.is_dir() for each in archive.infolist()) == options.files
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\n{options.files:,} files of {options.bytes:,} bytes, medians of {options.rounds}")
    print(f"{circumstances()}; load at the end, with the measurement itself: {load}")
    for name, results in fetched.items():
        seconds = median(each.seconds for each in results)
        print(
            f"{name:6} first byte {median(each.first_seconds for each in results) * 1000:5.0f} ms, "
            f"{total / MIB / seconds:6.1f} MiB/s, {options.files / seconds:6.0f} files/s, "
            f"gateway's peak +{max(each.grown_bytes for each in results) / MIB:.1f} MiB"
        )


def _put(folder: Path, opened: Arena, person: Person, options: argparse.Namespace) -> None:
    (source := folder / "many").mkdir()
    for number in range(options.files):
        (source / f"{number}.bin").write_bytes(os.urandom(options.bytes))
    (one := folder / "one.bin").write_bytes(os.urandom(options.files * options.bytes))
    environment = {
        "STOWAGE_URL": opened.stack.url,
        "STOWAGE_PASSWORD": PASSWORD,
        "XDG_CONFIG_HOME": f"{folder}/config",
        "XDG_STATE_HOME": f"{folder}/state",
    }
    stowage = [sys.executable, "-m", "stowage_client"]
    run([*stowage, "login", "--email", person.email], environment)
    run([*stowage, "put", str(source), "/holder"], environment)
    run([*stowage, "put", str(one), "/one.bin"], environment)


async def _fetch(opened: Arena, person: Person, path: str) -> Fetched:
    pid = opened.stack.pid("api_gateway")
    assert pid is not None
    before = _begin_peak(pid)
    port = urlsplit(opened.stack.url).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    started = time.perf_counter()
    writer.write(person.request("GET", path))
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert head.startswith(b"http/1.1 200"), head
    length = int(head.partition(b"content-length: ")[2].partition(b"\r")[0])
    body = bytearray(await reader.read(MIB))
    first = time.perf_counter() - started
    while len(body) < length:
        chunk = await reader.read(MIB)
        assert chunk, "cut"
        body += chunk
    seconds = time.perf_counter() - started
    writer.close()
    return Fetched(first, seconds, peak_rss_bytes(pid) - before, bytes(body))


def _begin_peak(pid: int) -> int:
    """What the process holds, of which its peak begins anew (proc(5))."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return peak_rss_bytes(pid)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench zips", description=__doc__)
    parser.add_argument("--files", type=int, default=1000, help="how many (1000)")
    parser.add_argument("--bytes", type=int, default=64 * 1024, help="of each (65536)")
    parser.add_argument("--rounds", type=int, default=3, help="each is fetched once per round (3)")
    return parser.parse_args(arguments)
