"""Deeds of many clients, noted as they happen.

A `Recorder` asks, notes when, and makes an event of it for `tests/linearizability.py`; whoever is told that the outcome
is unknown asks again, as clients do.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count

from file_metadata_service.app.placing import ConflictRule
from tests.deeds import (
    CopyFile,
    Deed,
    Hands,
    List,
    Look,
    MakeFolder,
    Move,
    Outcome,
    Restore,
    RestoreVersion,
    Trash,
    Unknown,
    Upload,
    left_by,
)
from tests.fakes.metadata_model import ROOT, Refused, TreeModel
from tests.linearizability import Event, Sort

NAMES = ("a", "A", "b", "ß", "SS", "a (2)", "10", "9")
NEW_RULES = (ConflictRule.FAIL, ConflictRule.RENAME)


@dataclass(slots=True)
class Recorder:
    """`ids`: of every node that ever was, and the root."""

    pause: Callable[[], Awaitable[None]]
    events: list[Event[TreeModel]] = field(default_factory=list)
    ids: list[str] = field(default_factory=lambda: [ROOT])
    unknown: int = 0
    _ticks: "count[int]" = field(default_factory=count)
    _keys: "count[int]" = field(default_factory=count)

    async def record(self, deed: Deed, choose: Callable[[], Hands]) -> Outcome:
        """Asks, with other hands each time, until there is an answer."""
        key, invoked = f"k{next(self._keys)}", next(self._ticks)
        while True:
            try:
                outcome = await deed.ask(choose(), key)
                break
            except Unknown:
                self.unknown += 1
                await self.pause()
        self.events.append(_event(deed, outcome, invoked, next(self._ticks)))
        if outcome.node_id and outcome.node_id not in self.ids:
            self.ids.append(outcome.node_id)
        return outcome


def _event(deed: Deed, outcome: Outcome, invoked: int, answered: int) -> Event[TreeModel]:
    def explain(model: TreeModel) -> TreeModel | None:
        try:
            deed.demand(model)
        except Refused as refused:
            return model if refused.code == outcome.refusal else None
        if outcome.refusal:
            return None
        if deed.reads:
            return model if deed.effect(model, outcome) else None
        after = model.copied()
        return after if deed.effect(after, outcome) else None

    sort = Sort.REFUSAL if outcome.refusal else Sort.READ if deed.reads else Sort.WRITE
    return Event(
        what=f"{deed} → {outcome}",
        sort=sort,
        invoked=invoked,
        answered=answered,
        seq=outcome.seq,
        explain=explain,
        about=outcome.node_id,
        left=left_by(deed, outcome),
    )


def any_deed(chance: random.Random, ids: list[str], *, contents: bool = True) -> Deed:
    """Of nodes that ever were, trashed ones among them, with few names, so that clients meet.

    `contents`: files, their versions and copies, too.
    """
    node, other, name = chance.choice(ids), chance.choice([ROOT, *ids]), chance.choice(NAMES)
    rule = chance.choice(NEW_RULES)
    making: list[Deed] = [MakeFolder(other, name, rule)]
    if contents:
        making.append(Upload(other, name, chance.choice(list(ConflictRule)), chance.randrange(9)))
    changing: list[Deed] = [
        Move(node, other, name, rule),
        Move(node, other, name, rule),
        Trash(node),
        Restore(node, rule),
    ]
    if contents:
        changing += [CopyFile(node, other, name, rule), RestoreVersion(node, chance.randrange(1, 3))]
    reading: list[Deed] = [Look(node), List(other)]
    return chance.choice([*making, *making, *(changing if node != ROOT else making), *reading])
