"""Copy whatever a node is: a file at once, a folder as a job."""

from dataclasses import dataclass

from chassis.errors import InvalidArgument
from file_metadata_service.app.change_tree import Caller, ChangeTree
from file_metadata_service.app.commands import Landed
from file_metadata_service.app.copy_file import CopyFile
from file_metadata_service.app.placing import ConflictRule, check_depth, free_name
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.start_job import StartJob
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living, living_folder, real_id
from file_metadata_service.domain.errors import NodeNotFound, RootIsFixed
from file_metadata_service.domain.ids import NodeId, own_drive
from file_metadata_service.domain.jobs import Job, JobKind
from file_metadata_service.domain.names import NodeKind, check_name
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.rights import Right
from file_metadata_service.ports.ledger import folder_key, name_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Copying:
    """What shall be copied, and where to. `name` None: as it is called."""

    node_id: str
    parent_id: str
    name: str | None
    rule: ConflictRule


@dataclass(frozen=True, slots=True)
class CopyNode:
    """The same command answers the first copy, or its job, again, whatever became of the source."""

    reader: Reader
    change: ChangeTree
    start: StartJob

    async def __call__(self, caller: Caller, copying: Copying) -> Landed[File] | Job:
        """Raises NodeNotFound, NotAFolder, NameTaken, NameInvalid, TooDeep, RootIsFixed, QuotaExceeded,
        CommandIdReused, DriveBusy, InvalidArgument, and Unavailable: the outcome is unknown.
        """
        if copying.rule is ConflictRule.REPLACE:
            raise InvalidArgument("Only an upload can replace.")
        if copying.name is not None:
            check_name(copying.name)
        source = await self._source(caller, copying)
        if isinstance(source, Folder):
            return await self._folder(caller, source, copying)
        standing = await self.start.standing(caller) if source is None else None
        return standing or await self._file(caller, copying)

    async def _source(self, caller: Caller, copying: Copying) -> Node | None:
        """None if it is not there (any more)."""

        def question(tree: Tree) -> Node:
            return living(tree, real_id(tree, copying.node_id), caller.actor, Right.READ)[0]

        try:
            source, _ = await self.reader.ask(own_drive(caller.actor.account_id), question)
        except NodeNotFound:
            return None
        return source

    async def _file(self, caller: Caller, copying: Copying) -> Landed[File]:
        node_ids, actor = self.change.node_ids, caller.actor
        step = CopyFile(
            actor=actor,
            node_id=node_ids.of("copy file", own_drive(actor.account_id), actor, caller.command_id),
            source_id=copying.node_id,
            parent_id=copying.parent_id,
            name=copying.name,
            rule=copying.rule,
        )
        return await self.change.submit(caller, step)

    async def _folder(self, caller: Caller, source: Folder, copying: Copying) -> Job:
        standing = await self.start.standing(caller)
        if standing is not None:
            return standing
        if source.parent_id is None:
            raise RootIsFixed("The root folder cannot be copied.")
        name = source.name if copying.name is None else copying.name
        spec = {
            "node_id": source.id,
            "parent_id": await self._target(caller, name, copying),
            "name": name,
            "conflict": str(copying.rule),
        }
        return await self.start(caller, JobKind.COPY, spec)

    async def _target(self, caller: Caller, name: str, copying: Copying) -> NodeId:
        """Refuses at once what could not be placed as things are. They may change until the copy is complete."""

        def question(tree: Tree) -> NodeId:
            parent_id = real_id(tree, copying.parent_id)
            tree.need(folder_key(parent_id), *name_keys(parent_id, name))
            check_depth(living_folder(tree, parent_id, caller.actor, Right.WRITE))
            free_name(tree, parent_id, name, kind=NodeKind.FOLDER, rule=copying.rule)
            return parent_id

        parent_id, _ = await self.reader.ask(own_drive(caller.actor.account_id), question)
        return parent_id
