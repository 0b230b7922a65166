"""Schemathesis over the document: cases that fit it and cases that do not, alone and along the links."""

import logging
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.generation.case import Case
from schemathesis.schemas import BaseSchema

# A walk ends where a request is refused, so along the links all that is sent fits; what does not, the others try.
_DEEPER = {"stateful": {"generation": {"mode": "positive"}}}
# An upload that was ended says so for a week: it is not gone.
_ENDED_UPLOADS_STAY = {
    "include-path-regex": r"/uploads/\{upload_id\}",
    "checks": {"use_after_free": {"enabled": False}},
}
_logger = logging.getLogger(__name__)
PHASES = ("examples", "coverage", "fuzzing", "stateful")
_REFUSED = [401, 403, 404, 405, 409, 415, 429]
_ACCEPTED = ["2xx", "3xx", *_REFUSED]
# What a well-formed request may be refused with, because only the server knows: names, cursors, revisions, room.
_REFUSED_WITH_REASON = [412, 413, 416, 422, 507]
# ... but then it must not be called malformed: that is what the schema says it is not.
_ETAG = re.compile(r'\*|(W/)?"[!#-~]*"')
_CALLED_MALFORMED = {"invalid_argument", "body_malformed"}


def times(cases: int) -> int:
    """How many cases of a kind: few in each run; STOWAGE_EXPLORE=20 tries twenty times as many."""
    return cases * int(os.environ.get("STOWAGE_EXPLORE", "1"))


def configured(*phases: str, cases: int, operations: Sequence[Any] = ()) -> SchemathesisConfig:
    """The same cases at every run: from the document alone, by a fixed seed. operations: settings of some."""
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "generation": {"mode": "all", "max-examples": cases, "database": "none", "deterministic": True},
            "phases": {phase: {"enabled": phase in phases, **_DEEPER.get(phase, {})} for phase in PHASES},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": [*_ACCEPTED, *_REFUSED_WITH_REASON]},
                "negative_data_rejection": {"expected-statuses": [*_REFUSED, *_REFUSED_WITH_REASON, 431]},
            },
            "operations": [_ENDED_UPLOADS_STAY, *operations],
        }
    )


@schemathesis.check
def what_fits_the_schema_is_not_called_malformed(_: Any, response: Response, case: Case) -> None:
    """`url` beside `relay` is the one pair that the schema cannot forbid; and some of what schemathesis takes for
    an ETag does not match the pattern of one."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 422:
        return
    if {"url", "relay"} <= (case.query or {}).keys() or case.method == "HEAD":
        return
    if not _ETAG.fullmatch(case.headers.get("If-Match", "*")):
        return
    code = response.json()["code"]
    assert code not in _CALLED_MALFORMED, f"it fits the schema, and is called {code}: {response.text}"


@dataclass
class Exploration:
    """What was tried and what came of it. `failures` are in words, each with a request that shows it."""

    cases: Counter[str] = field(default_factory=Counter)
    reached: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    def note(self, recorder: Any) -> None:
        for case_id, node in recorder.cases.items():
            label = node.value.operation.label
            self.cases[label] += 1
            response = _response(recorder, case_id)
            if response is not None:
                self.statuses[response.status_code] += 1
                if response.status_code < 400:
                    self.reached.add(label)
        for case_id, checks in recorder.checks.items():
            for check in checks:
                if check.failure_info is not None:
                    self._fail(recorder, case_id, check.failure_info.failure)

    def _fail(self, recorder: Any, case_id: str, failure: Any) -> None:
        case, response = recorder.cases[case_id].value, _response(recorder, case_id)
        answer = "no answer" if response is None else f"{response.status_code} {response.content[:500]!r}"
        title = f"{case.operation.label}: {type(failure).__name__}"
        self.failures.setdefault(title, f"{failure.message}\n{case.as_curl_command()[:1500]}\n{answer}")

    def summary(self) -> str:
        cases, answers = sum(self.cases.values()), dict(sorted(self.statuses.items()))
        return f"{cases} cases, {len(self.reached)} operations succeeded, answers {answers}"

    def report(self) -> str:
        return "\n\n".join(f"{title}\n{words}" for title, words in sorted(self.failures.items()))


def explore(schema: BaseSchema) -> Exploration:
    """Every phase that the schema's settings name."""
    exploration = Exploration()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            exploration.note(event.recorder)
        if isinstance(event, events.NonFatalError):
            exploration.failures[event.label] = event.info.format()
        if isinstance(event, events.FatalError):
            raise event.exception
    _logger.info(exploration.summary())  # pytest --log-cli-level=info
    return exploration


def operations(schema: BaseSchema) -> Iterator[str]:
    for result in schema.get_all_operations():
        yield result.ok().label


def _response(recorder: Any, case_id: str) -> Response | None:
    interaction = recorder.interactions.get(case_id)
    return interaction.response if interaction is not None else None
