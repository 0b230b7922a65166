"""What was measured, beside what is required of it."""

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

TABLE = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True, slots=True)
class Finding:
    """`holds` None: nothing is required of it, it explains another one."""

    what: str
    measured: str
    required: str = ""
    holds: bool | None = None

    def line(self) -> str:
        return f"  {self.what:62} {self.measured:>34}  {self.required:14} {_MARKS[self.holds]}"

    def row(self) -> str:
        return f"| {self.what} | {self.measured} | {self.required} | {_MARKS[self.holds]} |"


_MARKS = {None: "", True: "holds", False: "**missed**"}


def at_most(what: str, value: float, limit: float, unit: str = "", *, more: str = "") -> Finding:
    """`more`: what else is worth knowing of it."""
    return Finding(what, _said(value, unit, more), f"≤ {limit:g}{unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "", *, more: str = "") -> Finding:
    return Finding(what, _said(value, unit, more), f"≥ {limit:g}{unit}", value >= limit)


def _said(value: float, unit: str, more: str) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}{unit}" + (f" ({more})" if more else "")


def middle(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def circumstances() -> str:
    """Where and when; without it no figure means anything."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=TABLE.parent, capture_output=True, text=True, check=False
    ).stdout.strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit or 'unknown'}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


def write_table(sections: Iterable[tuple[str, Sequence[Finding]]], about: str) -> None:
    """Between the marks in docs/performance.md; what people wrote around them stays."""
    lines = [about, "", "| what | measured | required | |", "|---|---|---|---|"]
    for title, findings in sections:
        lines += [f"| **{title}** | | | |", *(finding.row() for finding in findings)]
    before, _, rest = TABLE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    TABLE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}")
