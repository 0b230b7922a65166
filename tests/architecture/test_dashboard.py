"""The dashboard and the alerts ask for metrics that exist; `tests/e2e/test_watching.py` proves that those do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "deploy" / "grafana"
_SUFFIXES = re.compile(r"_(bucket|count|sum|total)$")
# What prometheus_client tells of every process by itself.
_OF_PROCESSES = {"process_cpu_seconds", "process_resident_memory_bytes", "process_open_fds"}


def documented() -> set[str]:
    rows = re.findall(
        r"^\| ((?:`stowage_\w+`(?:, )?)+) \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE
    )
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((GRAFANA / "stowage.json").read_text())["panels"]
    return [panel for panel in found if panel["type"] != "row"]


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((GRAFANA / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> list[str]:
    shown = [target["expr"] for panel in panels() for target in panel["targets"]]
    return shown + [alert["expr"] for alert in alerts()]


def metrics_in(query: str) -> set[str]:
    return {_SUFFIXES.sub("", name) for name in re.findall(r"\b(?:stowage|process)_\w+", query)}


@pytest.mark.parametrize("query", queries())
def test_a_query_asks_for_metrics_that_are_documented(query: str) -> None:
    asked = metrics_in(query)

    assert asked
    assert not asked - documented() - _OF_PROCESSES


def test_every_metric_is_on_the_dashboard_or_in_an_alert() -> None:
    shown = {metric for query in queries() for metric in metrics_in(query)}

    assert documented() - shown == {
        "stowage_certificate_files_written_seconds"
    }  # for tests and curious people


def test_panels_lie_side_by_side_and_have_ids_of_their_own() -> None:
    identities = [panel["id"] for panel in panels()]
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels())
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(set(identities)) == len(identities)
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < 24


def test_brackets_in_queries_close() -> None:
    assert not [
        query
        for query in queries()
        for pair in ("()", "{}", "[]")
        if query.count(pair[0]) != query.count(pair[1])
    ]


def test_an_alert_says_where_to_look_first() -> None:
    assert not [alert for alert in alerts() if not alert["annotations"]["hint"].endswith((".", "?"))]
    assert len({alert["alert"] for alert in alerts()}) == len(alerts())
