"""Second thoughts about where a file shall go."""

from dataclasses import dataclass, replace

from file_upload_service.domain.ids import NodeId
from file_upload_service.domain.target import ConflictRule, Target
from file_upload_service.domain.upload import Upload

ROOT = "root"


@dataclass(frozen=True, slots=True)
class Redirect:
    """None: as before. A rule brings its revision along: without one, any will do."""

    folder_id: NodeId | None = None
    name: str | None = None
    conflict: ConflictRule | None = None
    if_revision: int | None = None

    def applied_to(self, upload: Upload) -> Target:
        target = upload.target
        if self.folder_id is not None:
            # The root of somebody's drive is called like its owner.
            folder_id = NodeId(upload.account_id) if self.folder_id == ROOT else self.folder_id
            target = replace(target, folder_id=folder_id)
        if self.name is not None:
            target = replace(target, name=self.name)
        if self.conflict is not None:
            return replace(target, conflict=self.conflict, if_revision=self.if_revision)
        return target if self.if_revision is None else replace(target, if_revision=self.if_revision)
