"""`make bench`: what the metadata engine must be able to do, on a whole system of its own, into docs/performance.md.

python -m bench commits listing     # some of it
python -m bench --quick             # a twentieth of the size, to see that it works
python -m bench transfer --help     # the measurements that stand by themselves
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import uvloop

from bench import (
    browser,
    browser_upload,
    changed_files,
    commits,
    copies,
    dynamodb,
    events,
    everyday,
    folder,
    kills,
    listing,
    pages,
    relay,
    rpc,
    search,
    small_files,
    transfer,
    trees,
    visible,
    zips,
)
from bench.arena import arena
from bench.engine import engine
from bench.findings import Finding, circumstances, write_table
from bench.landscape import Landscape

Scenario = Callable[[Landscape], Awaitable[list[Finding]]]
SCENARIOS: Mapping[str, tuple[str, Scenario]] = {
    "pages": ("Pages of a folder", pages.measure),
    "commits": ("Committing", commits.measure),
    "trees": ("Folders as a whole", trees.measure),
    "copies": ("Copying a folder", copies.measure),
    "search": ("Search by name", search.measure),
    "listing": ("Listing through the gateway", listing.measure),
    "events": ("Telling who listens", events.measure),
    "everyday": ("Every day's work, as Nextcloud was measured", everyday.measure),
}
ALONE: Mapping[str, Callable[[list[str]], None]] = {
    "transfer": transfer.main,
    "changed_files": changed_files.main,
    "folder": folder.main,
    "browser": browser.main,
    "browser_upload": browser_upload.main,
    "small_files": small_files.main,
    "relay": relay.main,
    "rpc": lambda _: rpc.main(),
    "dynamodb": lambda _: dynamodb.main(),
    "kills": kills.main,
    "zips": zips.main,
    "visible": visible.main,
}


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] in ALONE:
        ALONE[sys.argv[1]](sys.argv[2:])
        return
    options = _parser().parse_args()
    chosen = options.scenario or list(SCENARIOS)
    sections = uvloop.run(_measure(chosen, quick=options.quick))
    if options.write:
        write_table(sections, _about(options.quick))
    if any(finding.holds is False for _, findings in sections for finding in findings):
        print("\nSome of it was missed.")


async def _measure(chosen: list[str], *, quick: bool) -> list[tuple[str, list[Finding]]]:
    sections = []
    with tempfile.TemporaryDirectory(prefix="stowage-bench-") as name:
        async with arena(Path(name), quick=quick) as opened, engine(opened.stack) as bottom:
            land = Landscape(opened, bottom)
            for title, scenario in (SCENARIOS[each] for each in chosen):
                print(f"\n{title}", flush=True)
                findings = await scenario(land)
                print("\n".join(finding.line() for finding in findings), flush=True)
                sections.append((title, findings))
    return sections


def _about(quick: bool) -> str:  # noqa: FBT001  # private
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    scale = " A quick run, at a twentieth of the size." if quick else ""
    return f"Measured {circumstances()}; load of the machine at the end, with the measurement itself: {load}.{scale}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"By themselves, with options of their own: {', '.join(ALONE)}.",
    )
    parser.add_argument(
        "scenario", nargs="*", choices=[*SCENARIOS, []], help=f"any of {', '.join(SCENARIOS)}"
    )
    parser.add_argument("--quick", action="store_true", help="a twentieth of the size")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    return parser


if __name__ == "__main__":
    main()
