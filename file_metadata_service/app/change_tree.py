"""Every change that a caller can ask for, handed to the committer of its drive."""

from dataclasses import dataclass
from typing import TypeVar

from chassis.errors import InvalidArgument
from file_metadata_service.app.commands import Command, Landed, Step
from file_metadata_service.app.commit_blob import CommitBlob, UploadedBlob
from file_metadata_service.app.committer import Committers
from file_metadata_service.app.create_folder import CreateFolder
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.restore_node import RestoreNode
from file_metadata_service.app.trash_node import TrashNode
from file_metadata_service.app.update_node import UpdateNode
from file_metadata_service.domain.ids import (
    Actor,
    DriveId,
    NodeId,
    NodeIds,
    check_command_id,
    own_drive,
)
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.rights import Right, demand
from file_metadata_service.domain.trash import TrashItem

R = TypeVar("R", Folder, Node, TrashItem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, and by what name the request can be repeated. `request_hash`: over rpc and body.

    `session_id`: whose turns it takes. `within_seconds`: how long the answer is waited for.
    """

    actor: Actor
    command_id: str
    request_hash: str
    session_id: str = ""
    within_seconds: float | None = None

    def __post_init__(self) -> None:
        check_command_id(self.command_id)


@dataclass(frozen=True, slots=True)
class ChangeTree:
    """Each raises what its step raises, CommandIdReused, DriveBusy, and Unavailable: outcome unknown."""

    committers: Committers
    node_ids: NodeIds

    async def create_folder(
        self, caller: Caller, *, parent_id: str, name: str, rule: ConflictRule
    ) -> Landed[Folder]:
        drive_id = own_drive(caller.actor.account_id)
        node_id = self.node_ids.of("folder", drive_id, caller.actor, caller.command_id)
        step = CreateFolder(
            actor=caller.actor, node_id=node_id, parent_id=parent_id, name=name, rule=_not_replace(rule)
        )
        return await self._submit(caller, step)

    async def update_node(
        self,
        caller: Caller,
        *,
        node_id: str,
        name: str | None,
        parent_id: str | None,
        rule: ConflictRule,
        if_revision: int | None,
    ) -> Landed[Node]:
        step = UpdateNode(
            actor=caller.actor,
            node_id=NodeId(node_id),
            name=name,
            parent_id=parent_id,
            rule=_not_replace(rule),
            if_revision=if_revision,
        )
        return await self._submit(caller, step)

    async def trash_node(self, caller: Caller, *, node_id: str, if_revision: int | None) -> Landed[TrashItem]:
        step = TrashNode(actor=caller.actor, node_id=NodeId(node_id), if_revision=if_revision)
        return await self._submit(caller, step)

    async def restore_node(
        self, caller: Caller, *, node_id: str, parent_id: str | None, name: str | None, rule: ConflictRule
    ) -> Landed[Node]:
        step = RestoreNode(
            actor=caller.actor,
            node_id=NodeId(node_id),
            parent_id=parent_id,
            name=name,
            rule=_not_replace(rule),
        )
        return await self._submit(caller, step)

    async def commit(
        self,
        actor: Actor,
        drive_id: DriveId,
        blob: UploadedBlob,
        *,
        folder_id: str,
        name: str,
        rule: ConflictRule,
        if_revision: int | None,
        within_seconds: float | None = None,
    ) -> Landed[File]:
        """The actor's rights are checked as they are now: no token came along."""
        demand(actor, drive_id, Right.WRITE)
        change = CommitBlob(
            actor=actor,
            node_id=self.node_ids.of("file", drive_id, actor, blob.id),
            blob=blob,
            folder_id=folder_id,
            name=name,
            rule=rule,
            if_revision=if_revision,
        )
        committer = self.committers.of(drive_id)
        return await committer.submit(change, sender=f"{actor} uploads", within_seconds=within_seconds)

    async def _submit(self, caller: Caller, step: Step[R]) -> Landed[R]:
        command = Command(
            actor=caller.actor, command_id=caller.command_id, request_hash=caller.request_hash, step=step
        )
        return await self.committers.of(own_drive(caller.actor.account_id)).submit(
            command, sender=f"{caller.actor} {caller.session_id}", within_seconds=caller.within_seconds
        )


def _not_replace(rule: ConflictRule) -> ConflictRule:
    if rule is ConflictRule.REPLACE:
        raise InvalidArgument("Only an upload can replace.")
    return rule
