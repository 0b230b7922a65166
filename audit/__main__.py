"""`python -m audit`: are there known vulnerabilities in what the locks name?

Asks PyPI and the npm registry, so it needs a network and is no part of `make check`. A service that does not answer is
said in words and fails nothing: no answer is no finding, and no clean bill either.
"""

import subprocess
import sys
from pathlib import Path

from audit.reports import Audit, of_npm, of_pip_audit

ROOT = Path(__file__).parents[1]
# Findings that do not concern us: advisory -> why. An entry without a finding is an error, so that none outlives it.
ACCEPTED: dict[str, str] = {}
_PATIENCE_SECONDS = 300


def main() -> int:
    """Exit code 1 if something was found, or an acceptance is stale."""
    audits = {lock: audited(lock) for lock in locks()}
    findings = [finding for audit in audits.values() for finding in audit.findings]
    silent = [f"{lock.relative_to(ROOT)}: {audit.silence}" for lock, audit in audits.items() if audit.silence]
    open_findings = [each for each in findings if each.advisory not in ACCEPTED]
    stale = [] if silent else sorted(ACCEPTED.keys() - {each.advisory for each in findings})
    for line in (*silent, *map(str, open_findings), *(f"accepted, but not found: {each}" for each in stale)):
        sys.stdout.write(f"audit: {line}\n")
    if not (silent or open_findings or stale):
        sys.stdout.write("audit: nothing is known against what the locks name\n")
    return 1 if open_findings or stale else 0


def locks() -> list[Path]:
    """Every lock there is, of Python and of Node."""
    of_node = [*ROOT.glob("*/package-lock.json"), *ROOT.glob("tests/*/package-lock.json")]
    return [*sorted(ROOT.glob("requirements/*.txt")), *sorted(of_node)]


def audited(lock: Path) -> Audit:
    name = str(lock.relative_to(ROOT))
    if lock.name == "package-lock.json":
        return of_npm(name, _said("npm", "audit", "--json", "--package-lock-only", folder=lock.parent))
    options = ("--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off")
    return of_pip_audit(
        name, _said(sys.executable, "-m", "pip_audit", "-r", str(lock), *options, folder=ROOT)
    )


def _said(*command: str, folder: Path) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # our own words
            command, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
