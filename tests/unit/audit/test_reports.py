import json
from typing import Any

import pytest

from audit.__main__ import locks
from audit.reports import of_npm, of_pip_audit

SOUND = {"name": "httpx", "version": "0.28.1", "vulns": []}
UNSOUND = {"name": "jinja2", "version": "3.1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.5"]}]}
UNKNOWN = {"name": "redis", "version": "7.0.0", "skip_reason": "Dependency not found on PyPI"}


def python(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def npm(**vulnerabilities: dict[str, Any]) -> str:
    return json.dumps({"auditReportVersion": 2, "vulnerabilities": vulnerabilities})


def test_what_is_known_against_a_python_package_is_found_with_its_remedy() -> None:
    [found] = of_pip_audit("requirements/user.txt", python(SOUND, UNSOUND)).findings
    assert str(found) == "requirements/user.txt: jinja2 3.1.0: PYSEC-1 (fixed in 3.1.5)"


def test_what_is_known_against_a_node_package_is_found() -> None:
    cause = {"url": "https://github.com/advisories/GHSA-1", "severity": "high"}
    report = npm(
        vite={"severity": "high", "via": [cause], "fixAvailable": True},
        vitest={"severity": "high", "via": ["vite"], "fixAvailable": False},
        chalk={"severity": "low", "via": [cause]},
    )
    assert [str(found) for found in of_npm("frontend/package-lock.json", report).findings] == [
        "frontend/package-lock.json: vite: https://github.com/advisories/GHSA-1 (npm audit fix)",
        "frontend/package-lock.json: vitest: by vite (no fix)",
    ]


@pytest.mark.parametrize("answer", ["", "no JSON", python(), python(SOUND, UNKNOWN)])
def test_no_answer_about_python_packages_is_no_clean_bill(answer: str) -> None:
    assert of_pip_audit("requirements/user.txt", answer).silence


def test_a_partial_answer_tells_what_it_knows_and_what_it_does_not() -> None:
    audit = of_pip_audit("requirements/user.txt", python(SOUND, UNSOUND, UNKNOWN))
    assert len(audit.findings) == 1
    assert audit.silence == "PyPI answered for 2 of 3 packages"


def test_a_whole_answer_leaves_no_silence() -> None:
    assert of_pip_audit("requirements/user.txt", python(SOUND, UNSOUND)).silence == ""
    assert of_npm("frontend/package-lock.json", npm()).silence == ""


@pytest.mark.parametrize("answer", ["", "no JSON", '{"message": "405"}', '{"error": {"code": "ENOTFOUND"}}'])
def test_no_answer_about_node_packages_is_no_clean_bill(answer: str) -> None:
    assert of_npm("frontend/package-lock.json", answer).silence


def test_every_lock_is_looked_at() -> None:
    assert {"dev.txt", "user.txt", "gateway.txt", "audit.txt"} <= {lock.name for lock in locks()}
