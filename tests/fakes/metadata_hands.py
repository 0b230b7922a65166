"""Deeds by the use cases of one instance."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from chassis.errors import DomainError, Unavailable
from file_metadata_service.app.change_tree import Caller
from file_metadata_service.app.commands import Landed
from file_metadata_service.app.copy_file import CopyFile
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.domain.ids import Actor, own_drive
from file_metadata_service.domain.trash import TrashItem
from tests.deeds import Outcome, Unknown
from tests.fakes.metadata_service import ANN, Service


@dataclass(frozen=True, slots=True)
class ServiceHands:
    """Implements Hands. `by`: whose drive it is."""

    service: Service
    by: Actor = ANN

    async def make_folder(self, key: str, parent: str, name: str, rule: ConflictRule) -> Outcome:
        return await _written(self.service.mkdir(name, parent, rule=rule, command=key, by=self.by))

    async def upload(self, key: str, folder: str, name: str, rule: ConflictRule, size: int) -> Outcome:
        blob = f"{self.by.account_id}{key}"
        return await _written(self.service.commit(name, folder, blob=blob, size=size, rule=rule, by=self.by))

    async def move(self, key: str, node: str, parent: str, name: str, rule: ConflictRule) -> Outcome:
        return await _written(self.service.update(node, name, parent, rule=rule, command=key, by=self.by))

    async def trash(self, key: str, node: str) -> Outcome:
        return await _written(self.service.trash(node, command=key, by=self.by))

    async def restore(self, key: str, node: str, rule: ConflictRule) -> Outcome:
        return await _written(self.service.restore(node, rule=rule, command=key, by=self.by))

    async def copy_file(self, key: str, node: str, parent: str, name: str, rule: ConflictRule) -> Outcome:
        asked, change = self._caller(f"copy {node} {parent} {name} {rule}", key), self.service.use.change
        step = CopyFile(
            actor=self.by,
            node_id=change.node_ids.of("copy file", own_drive(self.by.account_id), self.by, key),
            source_id=node,
            parent_id=parent,
            name=name,
            rule=rule,
        )
        return await _written(change.submit(asked, step))

    async def restore_version(self, key: str, node: str, number: int) -> Outcome:
        asked = self._caller(f"version {node} {number}", key)
        versions = self.service.use.versions
        return await _written(versions.restore(asked, file_id=node, number=number, if_revision=None))

    def _caller(self, request: str, key: str) -> Caller:
        return Caller(actor=self.by, command_id=key, request_hash=request)

    async def look(self, node: str) -> Outcome:
        try:
            found = await self.service.get(node, self.by)
        except Unavailable as error:
            raise Unknown from error
        except DomainError as refusal:
            return Outcome(refusal=refusal.code)
        return Outcome(seq=found.position.seq, name=found.node.name)

    async def names(self, folder: str) -> Outcome:
        try:
            page = await self.service.page(folder, limit=1000, by=self.by)
        except Unavailable as error:
            raise Unknown from error
        except DomainError as refusal:
            return Outcome(refusal=refusal.code)
        assert not page.next_cursor
        seen = frozenset((node.name, node.id) for node in page.items)
        return Outcome(seq=page.position.seq, seen=seen)


async def _written(work: Awaitable[Landed[Any]]) -> Outcome:
    try:
        landed = await work
    except Unavailable as error:
        raise Unknown from error
    except DomainError as refusal:
        if refusal.code == "drive_busy":
            raise Unknown from refusal
        return Outcome(refusal=refusal.code)
    result = landed.result
    node = result.node if isinstance(result, TrashItem) else result
    return Outcome(seq=landed.position.seq, node_id=node.id, name=node.name)
