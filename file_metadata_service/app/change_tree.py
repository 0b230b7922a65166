"""Every change that a caller can ask for, handed to the committer of its drive."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from file_metadata_service.app.commands import Command, Landed, Step
from file_metadata_service.app.commit_blob import CommitBlob, UploadedBlob
from file_metadata_service.app.committer import Committers
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.thin_versions import ThinVersions
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
from file_metadata_service.domain.trash import RETENTION_MS, TrashItem
from file_metadata_service.domain.versions import FileVersion

R = TypeVar("R", Folder, File, Node, TrashItem, FileVersion, tuple[Node | TrashItem, ...])


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
    """Each raises what its steps raise, CommandIdReused, DriveBusy, and Unavailable: outcome unknown."""

    committers: Committers
    node_ids: NodeIds
    thin: ThinVersions
    trash_retention_ms: int = RETENTION_MS
    # Told of what was deleted; they neither wait nor fail.
    on_trash: list[Callable[[TrashItem], None]] = field(default_factory=list)

    def new_folder_id(self, caller: Caller, step: int | None = None) -> NodeId:
        """Of the folder that the caller's command makes; `step`: in which of several, from 0."""
        purpose = "folder" if step is None else f"folder {step}"
        drive_id = own_drive(caller.actor.account_id)
        return self.node_ids.of(purpose, drive_id, caller.actor, caller.command_id)

    async def submit(self, caller: Caller, step: Step[R]) -> Landed[R]:
        """One step, or several that are `Together` one."""
        command = Command(
            actor=caller.actor, command_id=caller.command_id, request_hash=caller.request_hash, step=step
        )
        landed = await self.committers.of(own_drive(caller.actor.account_id)).submit(
            command, sender=f"{caller.actor} {caller.session_id}", within_seconds=caller.within_seconds
        )
        self._tell(landed.result)
        return landed

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
            retention=self.thin.retention,
        )
        committer = self.committers.of(drive_id)
        landed = await committer.submit(change, sender=f"{actor} uploads", within_seconds=within_seconds)
        await self.thin.if_too_many(landed.result)
        return landed

    def _tell(self, result: object) -> None:
        for item in result if isinstance(result, tuple) else (result,):
            if isinstance(item, TrashItem):
                for told in self.on_trash:
                    told(item)
