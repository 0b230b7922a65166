"""What pip-audit and npm audit answer, as findings."""

import json
from dataclasses import dataclass
from typing import Any

# A "low" one is for the one who keeps the package to judge.
_NPM_LEVELS = ("moderate", "high", "critical")


@dataclass(frozen=True, slots=True)
class Finding:
    """One advisory against one package of one lock."""

    lock: str
    package: str
    advisory: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.lock}: {self.package}: {self.advisory} ({self.remedy})"


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found in one lock. `silence` says in words what was not answered; empty if all was."""

    findings: list[Finding]
    silence: str = ""


def of_pip_audit(lock: str, text: str) -> Audit:
    """A package without an answer says `skip_reason`."""
    dependencies = _parsed(text).get("dependencies", [])
    known = [each for each in dependencies if "skip_reason" not in each]
    findings = [
        Finding(
            lock,
            f"{each['name']} {each['version']}",
            found["id"],
            f"fixed in {', '.join(found['fix_versions']) or 'no version'}",
        )
        for each in known
        for found in each["vulns"]
    ]
    complete = dependencies and len(known) == len(dependencies)
    return Audit(
        findings, "" if complete else f"PyPI answered for {len(known)} of {len(dependencies)} packages"
    )


def of_npm(lock: str, text: str) -> Audit:
    """Of any other report than one of vulnerabilities, all is silence."""
    report = _parsed(text)
    if "vulnerabilities" not in report:
        return Audit([], "the npm registry tells no advisories")
    findings = [
        Finding(lock, name, _advisory(found), "npm audit fix" if found.get("fixAvailable") else "no fix")
        for name, found in report["vulnerabilities"].items()
        if found["severity"] in _NPM_LEVELS
    ]
    return Audit(findings)


def _advisory(found: dict[str, Any]) -> str:
    """An advisory's address, or the package through which this one is concerned."""
    causes = [via["url"] if isinstance(via, dict) else f"by {via}" for via in found["via"]]
    return ", ".join(causes)


def _parsed(text: str) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads(text)
    except ValueError:
        return {}
    return report
