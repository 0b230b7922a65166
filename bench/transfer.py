"""A big file up and down: `stowage put` and `get` beside boto3's transfer manager and rclone, in turns.

python -m bench transfer --size 5GiB --rounds 3 --folder /where/there/is/room

All are whole processes, start-up included, with checksums (rclone's are MD5, the others' SHA-256). The ratio is that of
the medians, to the better of the others, since the absolute figures are those of this machine in this hour. What the
client left to others stands behind: the processors' time of every process of the stack.
"""

import argparse
import filecmp
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.arena import cpu_seconds_of
from bench.findings import circumstances
from bench.measured import MIB, Run, peak_rss_bytes, run
from bench.rclone import copy_words, rclone_path
from local_stack.bucket import ensure_bucket
from local_stack.composition import REGION
from local_stack.stack import Stack
from local_stack.vault import Vault

BUCKET = "bench"
GIB = 1024 * MIB
UNITS = {"": 1, "KiB": 1024, "MiB": MIB, "GiB": GIB}
STOWAGE, BOTO3, RCLONE = "stowage", "boto3", "rclone"


@dataclass(frozen=True, slots=True)
class Arena:
    """A running stack, a file of random bytes, and what each contestant must be told."""

    folder: Path
    stack: Stack
    source: Path
    environment: dict[str, str]
    rclone: str | None

    @property
    def contestants(self) -> list[str]:
        return [STOWAGE, BOTO3, *([RCLONE] if self.rclone else [])]

    def contestant(self, name: str, direction: str, round_: int) -> list[str]:
        target, key = self.target(name), f"{name}-{round_}.bin"
        file = self.source if direction == "up" else target
        if name == RCLONE and self.rclone:
            place, bucket = self.environment["BENCH_S3_ENDPOINT"], self.environment["BENCH_S3_BUCKET"]
            return copy_words(self.rclone, direction, file, endpoint=place, bucket=bucket, key=key)
        if name == BOTO3:
            return [sys.executable, "-m", "bench.boto3_transfer", direction, str(file), key]
        words = ["put", str(self.source), f"/{key}"] if direction == "up" else ["get", f"/{key}", str(target)]
        return [sys.executable, "-m", "stowage_client", *words]

    def target(self, name: str) -> Path:
        return self.folder / f"{name}.copy"


@dataclass(slots=True)
class Results:
    size_bytes: int
    runs: dict[tuple[str, str], list[Run]] = field(default_factory=dict)
    others_cpu: dict[tuple[str, str], list[dict[str, float]]] = field(default_factory=dict)

    def add(self, direction: str, name: str, result: Run, others_cpu: dict[str, float]) -> None:
        """`others_cpu`: seconds of each process of the stack meanwhile."""
        self.runs.setdefault((direction, name), []).append(result)
        self.others_cpu.setdefault((direction, name), []).append(others_cpu)

    def rate(self, direction: str, name: str) -> float:
        """MiB per second, the median of all rounds."""
        return self.size_bytes / MIB / median(result.seconds for result in self.runs[direction, name])

    def rate_on_disk(self, direction: str, name: str) -> float:
        """The same until all of it is on disk: what Stowage acknowledges is, what boto3 reports is not yet."""
        return self.size_bytes / MIB / median(result.on_disk_seconds for result in self.runs[direction, name])

    def of_the_better(self, rate: Callable[[str, str], float], direction: str, name: str) -> float:
        others = [other for its, other in self.runs if its == direction and other not in {name, STOWAGE}]
        return rate(direction, name) / max(rate(direction, other) for other in others or [name])

    def cpu_lines(self) -> list[str]:
        """Seconds of the processors for each GiB, by process."""
        return [
            f"{direction:5} {name:8} "
            + ", ".join(
                f"{each} {spent:.2f}" for each, spent in self._shares(direction, name) if spent >= 0.02
            )
            for direction, name in self.runs
        ]

    def _shares(self, direction: str, name: str) -> list[tuple[str, float]]:
        rounds, gib = self.others_cpu[direction, name], self.size_bytes / GIB
        client = median(result.cpu_seconds for result in self.runs[direction, name])
        others = {each: median(one[each] for one in rounds) / gib for each in rounds[0]}
        return sorted({"client": client / gib, **others}.items(), key=lambda one: -one[1])

    def lines(self) -> list[str]:
        title = f"{'MiB/s':>7} {'ratio':>6} {'on disk':>8} {'ratio':>6} {'CPU s/GiB':>10} {'peak MiB':>9}"
        lines = [f"{'':14} {title}   each round"]
        for (direction, name), results in self.runs.items():
            ratio = self.of_the_better(self.rate, direction, name)
            cpu = median(result.cpu_seconds for result in results) * GIB / self.size_bytes
            peak = max(result.peak_rss_bytes for result in results) / MIB
            rounds = " ".join(f"{self.size_bytes / MIB / result.seconds:.0f}" for result in results)
            on_disk = self.rate_on_disk(direction, name)
            rates = (
                f"{self.rate(direction, name):7.0f} {ratio:6.2f} "
                f"{on_disk:8.0f} {self.of_the_better(self.rate_on_disk, direction, name):6.2f}"
            )
            lines.append(f"{direction:5} {name:8} {rates} {cpu:10.2f} {peak:9.0f}   {rounds}")
        return lines


def main(arguments: Sequence[str] | None = None) -> None:
    options = options_of(arguments, prog="python -m bench transfer", about=__doc__ or "")
    with opened_arena(options) as arena:
        results = _measure(arena, options)
        print(
            f"\n{options.size / GIB:.2f} GiB, {options.rounds} rounds, in turns; ratios to the better of the others"
        )
        print(f"{circumstances()}; load at the end: {', '.join(f'{each:.1f}' for each in os.getloadavg())}")
        print("\n".join(results.lines()))
        print("\nCPU seconds for each GiB")
        print("\n".join(results.cpu_lines()))
        print("\nPeak memory of the services, MiB")
        print("\n".join(_service_peaks(arena.stack)))


@contextmanager
def opened_arena(options: argparse.Namespace) -> Iterator[Arena]:
    """A stack of its own, with a file of `options.size`, for the time of the block."""
    with tempfile.TemporaryDirectory(prefix="stowage-bench-", dir=options.folder) as name:
        folder = Path(name)
        stack = Stack(folder / "stack", port=0)
        try:
            stack.up()
            yield _arena(folder, stack, options.size)
        finally:
            stack.down()


def _measure(arena: Arena, options: argparse.Namespace) -> Results:
    results = Results(options.size)
    for round_ in range(options.rounds):
        order = arena.contestants if round_ % 2 == 0 else arena.contestants[::-1]
        for direction in ("up", "down"):
            for name in order:
                print(f"round {round_ + 1}: {name} {direction}", file=sys.stderr)
                before = cpu_seconds_of(arena.stack)
                took = run(arena.contestant(name, direction, round_), arena.environment)
                after = cpu_seconds_of(arena.stack)
                results.add(direction, name, took, {each: after[each] - before[each] for each in before})
                if direction == "down" and not filecmp.cmp(arena.source, arena.target(name), shallow=False):
                    sys.exit(f"{name} fetched other bytes than it put")
                arena.target(name).unlink(missing_ok=True)
    return results


def _arena(folder: Path, stack: Stack, size_bytes: int) -> Arena:
    vault = Vault(stack.home.secrets)
    app = vault.credentials("file-upload-service/s3")
    endpoint = stack.env("file_upload_service")["S3_ENDPOINT"]
    root = vault.credentials("engines/s3_root")
    ensure_bucket(BUCKET, endpoint=endpoint, region=REGION, root=root, owner=app, origins=[stack.url])
    environment = {
        "AWS_ACCESS_KEY_ID": app.access_key_id,
        "AWS_SECRET_ACCESS_KEY": app.secret_access_key,
        "AWS_REGION": REGION,
        "BENCH_S3_ENDPOINT": endpoint,
        "BENCH_S3_BUCKET": BUCKET,
        "STOWAGE_URL": stack.url,
        "STOWAGE_PASSWORD": secrets.token_hex(16),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
        "PYTHONDONTWRITEBYTECODE": "",  # else our modules alone would be compiled at each start
    }
    run([sys.executable, "-m", "stowage_client", "register", "--email", "bench@example.com"], environment)
    return Arena(folder, stack, _random_file(folder / "source.bin", size_bytes), environment, rclone_path())


def _random_file(path: Path, size_bytes: int) -> Path:
    with path.open("wb") as file:
        for offset in range(0, size_bytes, MIB):
            file.write(os.urandom(min(MIB, size_bytes - offset)))
    return path


def _service_peaks(stack: Stack) -> list[str]:
    pids = {name: stack.pid(name) for name in stack.plan.processes}
    return [f"{name:24} {peak_rss_bytes(pid) / MIB:6.0f}" for name, pid in pids.items() if pid is not None]


def options_of(arguments: Sequence[str] | None, *, prog: str, about: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=prog, description=about)
    parser.add_argument("--size", type=_size, default=GIB, help="of the file, such as 512MiB or 3GiB (1GiB)")
    parser.add_argument("--rounds", type=int, default=3, help="each contestant runs once per round (3)")
    parser.add_argument("--folder", type=Path, default=None, help="where to work (the temporary folder)")
    return parser.parse_args(arguments)


def _size(text: str) -> int:
    match = re.fullmatch(r"(\d+) ?([KMG]iB)?", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text} is no size; 512MiB and 3GiB are")
    return int(match[1]) * UNITS[match[2] or ""]


if __name__ == "__main__":
    main()
