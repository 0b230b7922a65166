"""A group that is ready to be sent, perhaps before the one in front of it has landed.

Judging and encoding a full group takes a good part of the time in which the engine writes one. Who has a long row of
commands waiting (a job, a client that commits a hundred files) need not wait for both in turn: while a group is on
its way, the next one is drafted on what the tree will be once it has landed. If it does not land just so, the draft
is thrown away; its own condition on the head would have refused it, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from file_metadata_service.app.commands import Change
from file_metadata_service.app.groups import Group, GroupLimits
from file_metadata_service.domain.drives import Drive
from file_metadata_service.ports.ledger import Send, Writing


@dataclass(frozen=True, slots=True)
class Draft:
    """`changes`: those that found room in the group, in order."""

    changes: Sequence[Change[Any]]
    group: Group
    writing: Writing
    send: Send

    def is_for(self, changes: Sequence[Change[Any]], head: Drive | None) -> bool:
        """Is it what would be written first of these, on this very head?"""
        meant = len(changes) >= len(self.changes) and all(
            mine is asked for mine, asked in zip(self.changes, changes, strict=False)
        )
        return meant and self.group.tree.head is head


def is_full(group: Group, limits: GroupLimits) -> bool:
    """One with room to spare is better filled by those who come until the group before it has landed."""
    return len(group.outcomes) >= limits.commands or not limits.leave_room(group.load)
