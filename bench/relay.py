"""Bytes through the gateway, beside the same bytes through nginx to the same S3 server and straight to it, in turns.

python -m bench relay --bytes 67108864 --rounds 5 --nginx /usr/sbin/nginx

Up: parts of 8 MiB, each with its hash, on some connections at once; ours are signed and reported on the way, the
others' were signed before the clock starts. Down: the whole file on each connection. nginx passes requests on
unbuffered, as a proxy before storage would. Then fifty downloads pass through the gateway at once, and somebody lists
a folder.
"""

import argparse
import asyncio
import contextlib
import hashlib
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

import uvloop

from bench.arena import Arena, Person, arena, together
from bench.findings import circumstances
from bench.http_stream import Exchange, request_bytes
from bench.measured import MIB
from bench.nginx import nginx_before

PART_BYTES = 8 * MIB
RELAY, NGINX, DIRECT = "relay", "nginx", "S3 itself"
CROWD = 50


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    if shutil.which(options.nginx) is None:
        raise SystemExit(f"{options.nginx} is not there (Debian: apt-get install nginx; or --nginx PATH)")
    with tempfile.TemporaryDirectory(prefix="stowage-bench-") as folder:
        uvloop.run(_measure(Path(folder), options))


async def _measure(folder: Path, options: argparse.Namespace) -> None:
    async with arena(folder, quick=False) as opened:
        storage = urlsplit(opened.stack.env("file_upload_service")["S3_ENDPOINT"]).netloc
        async with nginx_before(folder, storage, options.nginx) as nginx:
            person = await opened.person(options.at_once)
            contest = _Contest(opened, person, options, {NGINX: nginx, DIRECT: storage})
            rates: dict[str, list[float]] = {}
            for number in range(options.rounds):
                await contest.round(rates, backwards=number % 2 == 1)
            alone, meanwhile, crowd_rate = await contest.crowd()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(
        f"\n{options.bytes / MIB:.0f} MiB, {options.at_once} connections, medians of {options.rounds} rounds"
    )
    print(f"{circumstances()}; load at the end, with the measurement itself: {load}")
    for name, found in rates.items():
        direction = name.split()[0]
        ratio = median(found) / median(rates[f"{direction} {NGINX}"])
        rounds = " ".join(f"{each:.0f}" for each in found)
        print(f"{name:14} {median(found):7.0f} MiB/s {ratio:5.2f} of nginx   rounds: {rounds}")
    print(
        f"a listing alone: {_spread(alone)}; while {CROWD} downloads pass through: {_spread(meanwhile)}, "
        f"which take {crowd_rate:.0f} MiB/s together"
    )


class _Contest:
    def __init__(
        self, opened: Arena, person: Person, options: argparse.Namespace, ways: dict[str, str]
    ) -> None:
        self._arena, self._person, self._ways = opened, person, ways
        self._at_once: int = options.at_once
        self._size: int = options.bytes
        self._body = os.urandom(PART_BYTES)
        self._sha256 = hashlib.sha256(self._body).hexdigest()
        self._door = urlsplit(opened.stack.url).netloc
        self._file = ""

    async def round(self, rates: dict[str, list[float]], *, backwards: bool) -> None:
        names = [RELAY, NGINX, DIRECT]
        for name in reversed(names) if backwards else names:
            print(f"up {name}", file=sys.stderr)
            await self._person.sign_in()
            rates.setdefault(f"up {name}", []).append(await self._up(name))
        for name in reversed(names) if backwards else names:
            await self._person.sign_in()
            rates.setdefault(f"down {name}", []).append(await self._down(name))

    async def _up(self, name: str) -> float:
        """MiB/s."""
        count = self._size // PART_BYTES
        plan = {"folder_id": "root", "name": secrets.token_hex(8), "size": count * PART_BYTES}
        upload = (await self._person.ask("POST", "/uploads", plan))["upload"]["id"]
        requests = [self._part(upload, number) for number in range(1, count + 1)]
        place = self._door
        if name != RELAY:
            parts = [{"number": number, "sha256": self._sha256} for number in range(1, count + 1)]
            urls = (await self._person.ask("POST", f"/uploads/{upload}/urls", {"parts": parts}))["urls"]
            requests = [_signed(url, self._body) for url in urls]
            place = self._ways[name]
        os.sync()
        elapsed = await self._timed(place, requests)
        if name == RELAY:
            self._file = await self._completed(upload)
        else:
            await self._person.ask("DELETE", f"/uploads/{upload}")
        return count * PART_BYTES / MIB / elapsed

    def _part(self, upload: str, number: int) -> bytes:
        headers = {**self._person.headers, "Stowage-Part-Sha256": self._sha256}
        return request_bytes(
            "PUT", f"/api/v1/uploads/{upload}/parts/{number}", "gateway", headers, self._body
        )

    async def _completed(self, upload: str) -> str:
        told = await self._person.ask("POST", f"/uploads/{upload}/complete")
        while told["state"] != "committed":
            told = await self._person.ask("GET", f"/uploads/{upload}")
        return str(told["node_id"])

    async def _down(self, name: str) -> float:
        """MiB/s, of all connections together."""
        request, place = self._whole(), self._door
        if name != RELAY:
            link = (await self._person.ask("GET", f"/files/{self._file}/content?url=1"))["url"]
            parts = urlsplit(link)
            request, place = (
                request_bytes("GET", f"{parts.path}?{parts.query}", parts.netloc, {}),
                self._ways[name],
            )
        elapsed = await self._timed(place, [request] * self._at_once)
        return self._at_once * self._size / MIB / elapsed

    def _whole(self) -> bytes:
        path = f"/api/v1/files/{self._file}/content?relay=1"
        return request_bytes("GET", path, "gateway", self._person.headers)

    async def _timed(self, place: str, requests: Sequence[bytes]) -> float:
        waiting = iter(requests)
        exchanges = [await Exchange.open(place) for _ in range(self._at_once)]

        async def work(exchange: Exchange) -> None:
            for request in waiting:
                await exchange.ask(request)

        started = time.perf_counter()
        await together(work(each) for each in exchanges)
        elapsed = time.perf_counter() - started
        for each in exchanges:
            each.close()
        return elapsed

    async def crowd(self) -> tuple[list[float], list[float], float]:
        """Seconds of listings alone and beside fifty downloads, and MiB/s of those together."""
        await self._person.sign_in()
        alone = await self._listings()
        exchanges = [await Exchange.open(self._door) for _ in range(CROWD)]
        started = time.perf_counter()

        async def go_on(exchange: Exchange) -> None:
            while True:
                await exchange.ask(self._whole())

        tasks = [asyncio.create_task(go_on(each)) for each in exchanges]
        await asyncio.sleep(1)
        meanwhile = await self._listings()
        elapsed, taken = time.perf_counter() - started, sum(each.received for each in exchanges)
        for task in tasks:
            task.cancel()
        for each in exchanges:
            each.close()
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(*tasks)
        return alone, meanwhile, taken / MIB / elapsed

    async def _listings(self, count: int = 200) -> list[float]:
        """Ten a second would be many for one person; this is one every 20 ms."""
        request, seconds = self._person.request("GET", "/folders/root/entries?limit=200"), list[float]()
        for _ in range(count):
            seconds.append(await self._person.time(request))
            await asyncio.sleep(0.02)
        return seconds


def _signed(url: dict[str, Any], body: bytes) -> bytes:
    parts = urlsplit(url["url"])
    headers = {k: v for k, v in url["headers"].items() if k.lower() not in ("host", "content-length")}
    return request_bytes("PUT", f"{parts.path}?{parts.query}", parts.netloc, headers, body)


def _spread(seconds: Sequence[float]) -> str:
    cuts = quantiles(seconds, n=100)
    return f"p50 {median(seconds) * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench relay", description=__doc__)
    parser.add_argument("--bytes", type=int, default=256 * MIB, help="of the file (256 MiB)")
    parser.add_argument("--rounds", type=int, default=5, help="each way once per round (5)")
    parser.add_argument("--at-once", type=int, default=4, help="connections (4)")
    parser.add_argument("--nginx", default="nginx", help="the program (nginx)")
    return parser.parse_args(arguments)
