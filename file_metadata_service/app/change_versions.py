"""Every change of a file's versions that a caller can ask for."""

from dataclasses import dataclass

from file_metadata_service.app.change_tree import Caller, ChangeTree
from file_metadata_service.app.commands import Landed
from file_metadata_service.app.delete_version import DeleteVersion
from file_metadata_service.app.keep_version import KeepVersion
from file_metadata_service.app.restore_version import RestoreVersion
from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.nodes import File
from file_metadata_service.domain.versions import FileVersion


@dataclass(frozen=True, slots=True)
class ChangeVersions:
    """Each raises what its step raises, CommandIdReused, DriveBusy, and Unavailable: outcome unknown."""

    change: ChangeTree

    async def restore(
        self, caller: Caller, *, file_id: str, number: int, if_revision: int | None
    ) -> Landed[File]:
        step = RestoreVersion(
            actor=caller.actor,
            file_id=NodeId(file_id),
            number=number,
            if_revision=if_revision,
            retention=self.change.thin.retention,
        )
        landed = await self.change.submit(caller, step)
        await self.change.thin.if_too_many(landed.result)
        return landed

    async def delete(self, caller: Caller, *, file_id: str, number: int) -> Landed[FileVersion]:
        step = DeleteVersion(actor=caller.actor, file_id=NodeId(file_id), number=number)
        return await self.change.submit(caller, step)

    async def keep(self, caller: Caller, *, file_id: str, number: int, keep: bool) -> Landed[FileVersion]:
        step = KeepVersion(actor=caller.actor, file_id=NodeId(file_id), number=number, keep=keep)
        return await self.change.submit(caller, step)
