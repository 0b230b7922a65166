"""A file of which little has changed, put over what it was: bytes sent and seconds, beside sending it whole.

python -m bench changed_files --size 1GiB --rounds 3

One percent changes in one piece, or in pieces of 4 KiB all over the file. Whole processes, start-up included. What
travels between client and storage is counted by the client; what is copied inside storage is not.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.measured import MIB
from bench.transfer import Arena, opened_arena, options_of

SCATTERED_BYTES = 4096
PERCENT = 100
Change = Callable[[Path, random.Random], None]


@dataclass(frozen=True, slots=True)
class Sent:
    seconds: float
    moved_bytes: int


def contiguous(path: Path, chance: random.Random) -> None:
    size = path.stat().st_size
    length = size // PERCENT
    _overwrite(path, chance.randrange(size - length), length)


def scattered(path: Path, chance: random.Random) -> None:
    blocks = path.stat().st_size // SCATTERED_BYTES
    for block in chance.sample(range(blocks), blocks // PERCENT):
        _overwrite(path, block * SCATTERED_BYTES, SCATTERED_BYTES)


CHANGES: dict[str, Change] = {"1 % in one piece": contiguous, "1 % in pieces of 4 KiB": scattered}


def _overwrite(path: Path, offset: int, length: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(os.urandom(length))


def put(arena: Arena, source: Path, target: str) -> Sent:
    """Raises CalledProcessError."""
    os.sync()  # nobody shall wait for the disk on behalf of the run before
    words = [sys.executable, "-m", "stowage_client", "put", str(source), target]
    started = perf_counter()
    said = subprocess.run(
        [*words, "--conflict", "replace", "--json"],
        env={**os.environ, **arena.environment},
        stdout=subprocess.PIPE,
        check=True,
    )
    sent = Sent(perf_counter() - started, json.loads(said.stdout)["bytes_moved"])
    print(f"{source.name} → {target}: {sent}", file=sys.stderr, flush=True)
    return sent


def measure(arena: Arena, rounds: int) -> dict[str, list[Sent]]:
    found: dict[str, list[Sent]] = {}
    changed = arena.folder / "changed.bin"
    for round_ in range(rounds):
        for name, change in CHANGES.items():
            place = f"/{round_}-{name[4:].replace(' ', '-')}.bin"
            put(arena, arena.source, place)
            shutil.copyfile(arena.source, changed)
            change(changed, random.Random(round_))
            found.setdefault(f"{name}, over what it was", []).append(put(arena, changed, place))
            found.setdefault(f"{name}, whole under a new name", []).append(
                put(arena, changed, f"{place}.new")
            )
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    options = options_of(arguments, prog="python -m bench changed_files", about=__doc__ or "")
    with opened_arena(options) as arena:
        print(f"{options.size / MIB:.0f} MiB, {options.rounds} rounds")
        for name, sent in measure(arena, options.rounds).items():
            moved = median(each.moved_bytes for each in sent) / MIB
            seconds = median(each.seconds for each in sent)
            rounds = " ".join(f"{each.seconds:.2f}" for each in sent)
            print(f"{name:52} {moved:8.1f} MiB sent {seconds:7.2f} s   each round: {rounds}")
