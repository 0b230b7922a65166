"""Many small files, each one committed: by REST alone and in bundles, and by `stowage put`, beside raw PutObjects.

python -m bench small_files --files 10000 --rounds 3 --rivals

`--rivals` lets copyparty (plain PUTs, and its own hashing client) and WsgiDAV receive the same files in the same run.

They take turns. The raw ones are presigned before the clock starts, with the checksum and the length, as ours are,
and sent by the same connections to the same S3 server: they are what that server can take, with next to nothing of a
client. They are acknowledged before they are on disk, ours after. `stowage put` is a whole process, start-up included.
"""

import argparse
import asyncio
import hashlib
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

import uvloop

from bench.arena import PASSWORD, Arena, Person, arena, together
from bench.findings import circumstances
from bench.forms import form_request
from bench.http_client import Connection
from bench.measured import Run, run
from bench.presigned import bucket_of, presigned_put, put_request
from bench.rivals import Rival, rivals

Prepare = Callable[[], Awaitable[Callable[[], Awaitable[object]]]]
RAW, REST, BUNDLES, FORMS, COMMAND_LINE = "raw PutObject", "REST", "bundles", "forms", "stowage put"
FILES_PER_BUNDLE = 100


@dataclass(slots=True)
class Contest:
    """The same files for everybody, and what each round took: files per second, and CPU in ms per file."""

    arena: Arena
    person: Person
    bodies: Sequence[bytes]
    source: Path
    to_storage: Sequence[Connection]
    rates: dict[str, list[float]] = field(default_factory=dict)
    cpu_ms: dict[str, list[Mapping[str, float]]] = field(default_factory=dict)
    rivals: Sequence[Rival] = ()

    async def round(self, number: int) -> None:
        contestants = self._contestants()
        for name, prepare in contestants if number % 2 == 0 else contestants[::-1]:
            print(f"round {number + 1}: {name}", file=sys.stderr)
            await self.person.sign_in()
            await self._time(name, await prepare())

    def _contestants(self) -> list[tuple[str, Prepare]]:
        own: list[tuple[str, Prepare]] = [
            (RAW, self._raw),
            (REST, self._rest),
            (BUNDLES, self._bundles),
            (FORMS, self._forms),
            (COMMAND_LINE, self._command_line),
        ]
        others = [(f"{rival.name} PUT", partial(self._rival, rival)) for rival in self.rivals]
        up2k = [("up2k", partial(self._up2k, rival)) for rival in self.rivals if rival.name == "copyparty"]
        return [*own, *others, *up2k]

    async def _rival(self, rival: Rival) -> Callable[[], Awaitable[object]]:
        connections, requests = await rival.connections(len(self.to_storage)), rival.puts(self.bodies)

        async def work() -> None:
            await self.arena.send(connections, requests)
            for connection in connections:
                connection.close()

        return work

    async def _up2k(self, rival: Rival) -> Callable[[], Awaitable[object]]:
        return lambda: asyncio.to_thread(rival.up2k, self.source, len(self.to_storage))

    def _cpu_seconds(self) -> Mapping[str, float]:
        return self.arena.cpu_seconds() | {each.name: each.cpu_seconds() for each in self.rivals}

    async def _time(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        os.sync()  # nobody shall wait for the disk on behalf of the one before
        before, started = self._cpu_seconds(), time.perf_counter()
        took = await work()
        elapsed, count = time.perf_counter() - started, len(self.bodies)
        spent = {each: (now - before[each]) / count * 1e3 for each, now in self._cpu_seconds().items()}
        if isinstance(took, Run):  # a process of its own; `elapsed` holds two waits for the disk as well
            elapsed, spent["client"] = took.seconds, took.cpu_seconds / count * 1e3
        self.rates.setdefault(name, []).append(count / elapsed)
        self.cpu_ms.setdefault(name, []).append(spent)

    async def _raw(self) -> Callable[[], Awaitable[object]]:
        client, prefix = bucket_of(self.arena.stack), secrets.token_hex(8)
        requests = [presigned_put(client, f"{prefix}/{at}", body) for at, body in enumerate(self.bodies)]
        return lambda: self.arena.send(self.to_storage, requests)

    async def _rest(self) -> Callable[[], Awaitable[object]]:
        folder, waiting = await self.person.folder(secrets.token_hex(8)), iter(enumerate(self.bodies))

        async def work(door: Connection, storage: Connection) -> None:
            for number, body in waiting:
                await self._upload(door, storage, _plan(folder, f"{number}.bin", body), body)

        pairs = zip(self.person.connections, self.to_storage, strict=True)
        return lambda: together(work(door, storage) for door, storage in list(pairs))

    async def _upload(self, door: Connection, storage: Connection, plan: object, body: bytes) -> None:
        started = (await door.ask(self.person.request("POST", "/uploads", plan))).json()
        [part], path = started["urls"], f"/uploads/{started['upload']['id']}"
        await storage.ask(put_request(part["url"], part["headers"], body))
        upload = (await door.ask(self.person.request("POST", f"{path}/complete"))).json()
        while upload["state"] != "committed":
            upload = (await door.ask(self.person.request("GET", path))).json()

    async def _bundles(self) -> Callable[[], Awaitable[object]]:
        folder = await self.person.folder(secrets.token_hex(8))
        files = [(_bundled(folder, f"{at}.bin", body), body) for at, body in enumerate(self.bodies)]
        waiting = iter([files[at : at + FILES_PER_BUNDLE] for at in range(0, len(files), FILES_PER_BUNDLE)])

        async def work(door: Connection, storage: Connection) -> None:
            for some in waiting:
                await self._send_bundle(door, storage, some)

        pairs = zip(self.person.connections, self.to_storage, strict=True)
        return lambda: together(work(door, storage) for door, storage in list(pairs))

    async def _send_bundle(
        self, door: Connection, storage: Connection, files: Sequence[tuple[object, bytes]]
    ) -> None:
        plan = {"files": [plan for plan, _ in files]}
        bundle = (await door.ask(self.person.request("POST", "/bundles", plan))).json()
        for told, (_, body) in zip(bundle["files"], files, strict=True):
            await storage.ask(put_request(told["put"]["url"], told["put"]["headers"], body))
        done = (await door.ask(self.person.request("POST", f"/bundles/{bundle['id']}/complete"))).json()
        assert all(told["file"] for told in done["files"])

    async def _forms(self) -> Callable[[], Awaitable[object]]:
        folder, headers = await self.person.folder(secrets.token_hex(8)), self.person.headers
        files = [(f"{at}.bin", body) for at, body in enumerate(self.bodies)]

        async def work() -> None:
            starts = range(0, len(files), FILES_PER_BUNDLE)
            forms = (form_request(headers, folder, files[at : at + FILES_PER_BUNDLE]) for at in starts)
            took = await self.person.send(forms)
            assert all(told["file"] for answer in took.answers for told in answer.json()["files"])

        return work

    async def _command_line(self) -> Callable[[], Awaitable[object]]:
        folder = secrets.token_hex(8)
        await self.person.folder(folder)
        home = str(self.source.parent)
        environment = {
            "STOWAGE_URL": self.arena.stack.url,
            "STOWAGE_PASSWORD": PASSWORD,
            "XDG_CONFIG_HOME": f"{home}/config",
            "XDG_STATE_HOME": f"{home}/state",
            "PYTHONDONTWRITEBYTECODE": "",  # else our modules alone would be compiled at each start
        }
        stowage = [sys.executable, "-m", "stowage_client"]
        await asyncio.to_thread(run, [*stowage, "login", "--email", self.person.email], environment)
        words = [*stowage, "put", str(self.source), f"/{folder}"]
        return lambda: asyncio.to_thread(run, words, environment)

    def lines(self) -> list[str]:
        return [self._line(name) for name, _ in self._contestants()]

    def _line(self, name: str) -> str:
        rate = median(self.rates[name])
        spent = {each: median(one[each] for one in self.cpu_ms[name]) for each in self.cpu_ms[name][0]}
        shares = ", ".join(
            f"{each} {ms:.2f}" for each, ms in sorted(spent.items(), key=lambda one: -one[1]) if ms >= 0.02
        )
        rounds = " ".join(f"{each:.0f}" for each in self.rates[name])
        return (
            f"{name:14} {rate:7,.0f} files/s {rate / median(self.rates[RAW]):5.2f} of raw   "
            f"{sum(spent.values()):5.2f} ms CPU/file: {shares}   rounds: {rounds}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="stowage-bench-") as folder:
        uvloop.run(_measure(Path(folder), options))


async def _measure(folder: Path, options: argparse.Namespace) -> None:
    (source := folder / "many").mkdir()
    bodies = [os.urandom(options.bytes) for _ in range(options.files)]
    for number, body in enumerate(bodies):
        (source / f"{number}.bin").write_bytes(body)
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(arena(folder, quick=False))
        others = await stack.enter_async_context(rivals(folder)) if options.rivals else []
        person = await opened.person(options.at_once)
        endpoint = opened.stack.env("file_upload_service")["S3_ENDPOINT"]
        to_storage = [await Connection.open(endpoint) for _ in range(options.at_once)]
        contest = Contest(opened, person, bodies, source, to_storage, rivals=others)
        for number in range(options.rounds):
            await contest.round(number)
        for connection in to_storage:
            connection.close()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\n{options.files:,} files of {options.bytes:,} bytes, {options.at_once} at once, medians")
    print(f"{circumstances()}; load at the end, with the measurement itself: {load}")
    print("\n".join(contest.lines()))


def _plan(folder_id: str, name: str, body: bytes) -> object:
    parts = [{"number": 1, "sha256": hashlib.sha256(body).hexdigest()}]
    return {"folder_id": folder_id, "name": name, "size": len(body), "parts": parts}


def _bundled(folder_id: str, name: str, body: bytes) -> object:
    return {
        "folder_id": folder_id,
        "name": name,
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench small_files", description=__doc__)
    parser.add_argument("--files", type=int, default=10_000, help="how many (10000)")
    parser.add_argument("--bytes", type=int, default=10 * 1024, help="of each (10240)")
    parser.add_argument("--rounds", type=int, default=3, help="each contestant runs once per round (3)")
    parser.add_argument("--rivals", action="store_true", help="copyparty and WsgiDAV too, from PyPI")
    parser.add_argument("--at-once", type=int, default=16, help="connections (16)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
