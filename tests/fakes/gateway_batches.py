"""Many changes at once, done one by one on the tree in memory."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from api_gateway.domain.batches import (
    Done,
    FolderCreation,
    NodeRestoration,
    NodeTrashing,
    NodeUpdate,
    Operation,
    Outcome,
)
from api_gateway.domain.errors import StepRefused
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At, Node, TrashItem
from chassis.errors import DomainError
from tests.fakes.gateway_tree import InMemoryTree


@dataclass
class InMemoryBatches:
    """Implements Batches. Steps are judged one after the other: no swaps here."""

    tree: InMemoryTree

    async def run(self, caller: Caller, commands: Sequence[tuple[str, Operation]]) -> tuple[Outcome, ...]:
        assert len(commands) <= 100
        return tuple([await self._outcome(caller, command_id, each) for command_id, each in commands])

    async def run_together(
        self, caller: Caller, steps: Sequence[Operation], *, command_id: str
    ) -> tuple[Done, ...]:
        before = copy.deepcopy(vars(self.tree))
        done = []
        for index, step in enumerate(steps):
            try:
                at = await self._do(caller, f"{command_id} {index}", step)
            except DomainError as refusal:
                vars(self.tree).update(before)
                raise StepRefused(index, refusal) from refusal
            done.append(Done(at.answer, at.position))
        return tuple(done)

    async def _outcome(self, caller: Caller, command_id: str, operation: Operation) -> Outcome:
        try:
            at = await self._do(caller, command_id, operation)
        except DomainError as refusal:
            return refusal
        return Done(at.answer, at.position)

    async def _do(self, caller: Caller, command_id: str, operation: Operation) -> At[Node] | At[TrashItem]:
        tree = self.tree
        match operation:
            case FolderCreation(parent_id, name, conflict):
                return await tree.create_folder(
                    caller, command_id=command_id, parent_id=parent_id, name=name, conflict=conflict
                )
            case NodeUpdate(node_id, new_name, new_parent, conflict, if_revision):
                return await tree.update(
                    caller,
                    node_id,
                    command_id=command_id,
                    name=new_name,
                    parent_id=new_parent,
                    conflict=conflict,
                    if_revision=if_revision,
                )
            case NodeTrashing(node_id, if_revision):
                return await tree.put(caller, node_id, command_id=command_id, if_revision=if_revision)
            case NodeRestoration(node_id, new_parent, new_name, conflict):
                return await tree.restore(
                    caller,
                    node_id,
                    command_id=command_id,
                    parent_id=new_parent,
                    name=new_name,
                    conflict=conflict,
                )
