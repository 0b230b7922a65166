"""What the upload service asks before bytes move: may this file come, may that one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from chassis.errors import DomainError
from file_metadata_service.app.past_versions import version_of
from file_metadata_service.app.placing import ConflictRule, upload_target
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.tree import RowsMissing, Tree
from file_metadata_service.app.walks import living_file, living_folder, real_id
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import Actor, NodeId, own_drive
from file_metadata_service.domain.names import check_name
from file_metadata_service.domain.nodes import File, Version
from file_metadata_service.domain.rights import Right
from file_metadata_service.ports.ledger import Key, folder_key, name_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A file that somebody wants to upload."""

    folder_id: str
    name: str
    size_bytes: int
    rule: ConflictRule
    if_revision: int | None


@dataclass(frozen=True, slots=True)
class CheckUpload:
    reader: Reader

    async def __call__(self, actor: Actor, intent: Intent) -> tuple[Drive, NodeId]:
        """The drive and the folder's real id.

        Raises NodeNotFound, NotAFolder, NameInvalid, NameTaken, IsAFolder, RevisionStale, QuotaExceeded.
        """
        check_name(intent.name)

        def question(tree: Tree) -> NodeId:
            folder_id = real_id(tree, intent.folder_id)
            tree.need(folder_key(folder_id), *name_keys(folder_id, intent.name))
            living_folder(tree, folder_id, actor, Right.WRITE)
            upload_target(tree, folder_id, intent.name, intent.rule, intent.if_revision)
            tree.drive.check_room(intent.size_bytes)
            return folder_id

        folder_id, head = await self.reader.ask(own_drive(actor.account_id), question)
        return head, folder_id


# Which file, in which version; None: the current one.
Wanted: TypeAlias = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class CheckDownload:
    reader: Reader

    async def __call__(self, actor: Actor, node_id: str, number: int | None) -> tuple[File, Version]:
        """The file, and the version that was asked for. Raises NodeNotFound, NotAFile, VersionNotFound."""
        found, _ = await self.reader.ask(
            own_drive(actor.account_id), lambda tree: _readable(tree, actor, (node_id, number))
        )
        return found

    async def many(
        self, actor: Actor, wanted: Sequence[Wanted]
    ) -> Sequence[tuple[File, Version] | DomainError]:
        """An answer for each, all of one moment, by as many reads as the deepest of them needs."""

        def question(tree: Tree) -> Sequence[tuple[File, Version] | DomainError]:
            found: list[tuple[File, Version] | DomainError] = []
            missing = frozenset[Key]()
            for each in wanted:
                try:
                    found.append(_readable(tree, actor, each))
                except RowsMissing as rows:
                    missing |= rows.keys
                except DomainError as refusal:
                    found.append(refusal)
            if missing:
                raise RowsMissing(missing)
            return found

        answers, _ = await self.reader.ask(own_drive(actor.account_id), question)
        return answers


def _readable(tree: Tree, actor: Actor, wanted: Wanted) -> tuple[File, Version]:
    node_id, number = wanted
    file = living_file(tree, real_id(tree, node_id), actor, Right.READ)
    if number is None or number == file.current.number:
        return file, file.current
    return file, version_of(tree, file, number).version
