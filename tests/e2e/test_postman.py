"""docs/stowage.postman_collection.json: newman makes its journey, every assertion of it holds."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.tour import ROOT

POSTMAN = ROOT / "tests" / "postman"
COLLECTION = ROOT / "docs" / "stowage.postman_collection.json"


@pytest.fixture
def newman() -> Path:
    installed = subprocess.run([POSTMAN / "install.sh"], capture_output=True, text=True, check=False)
    assert installed.returncode == 0, f"{installed.stdout}\n{installed.stderr}"
    return POSTMAN / "node_modules" / ".bin" / "newman"


def test_the_journey_ends_well(newman: Path, stack_url: str, tmp_path: Path) -> None:
    report = tmp_path / "report.json"

    done = subprocess.run(
        [
            *(newman, "run", COLLECTION, "--folder", "Journey", "--env-var", f"base_url={stack_url}"),
            *("--reporters", "cli,json", "--reporter-json-export", report, "--color", "off"),
        ],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    journey = next(each for each in json.loads(COLLECTION.read_text())["item"] if each["name"] == "Journey")
    told = json.loads(report.read_text())["run"]["stats"]
    assert told["requests"]["total"] == len(journey["item"])
    assert told["assertions"]["total"] >= len(journey["item"])
    assert (told["assertions"]["failed"], told["testScripts"]["failed"]) == (0, 0)
