"""Two instances of every service under a mixed load; each is killed by itself, by SIGTERM and by SIGKILL.

python -m bench.kills --times 3
"""

import argparse
import asyncio
import random
import secrets
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from local_stack.stack import Stack
from tests.e2e.load.run import one_by_one, run


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "home", port=0, instances="2")
        try:
            stack.up()
            rounds = one_by_one(random.Random(options.seed), times=options.times)
            report = asyncio.run(run(stack, seed=options.seed, rounds=rounds, workers=options.workers))
        finally:
            stack.down()
    sys.stdout.write(f"{report.table()}\n")
    for failure in report.tally.failures():
        sys.stdout.write(f"failed: {failure}\n")
    for cut in report.cuts("SIGTERM"):
        sys.stdout.write(f"cut by SIGTERM: {cut}\n")
    if report.tally.failures() or report.cuts("SIGTERM"):
        raise SystemExit(1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.kills", description=__doc__)
    parser.add_argument("--times", type=int, default=1, help="how often each service loses an instance")
    parser.add_argument("--workers", type=int, default=3, help="in each of two accounts")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    return parser


if __name__ == "__main__":
    main()
