"""A node by its id, or by its path."""

from collections.abc import Sequence
from dataclasses import dataclass

from file_metadata_service.app.reading import Reader
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import NOT_THERE, living, real_id
from file_metadata_service.domain.errors import NameInvalid, NodeNotFound
from file_metadata_service.domain.ids import Actor, Position, own_drive
from file_metadata_service.domain.names import check_name
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.domain.rights import Right


@dataclass(frozen=True, slots=True)
class Found:
    """`ancestors`: from the root down to the parent."""

    node: Node
    ancestors: tuple[Folder, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class GetNode:
    reader: Reader

    async def __call__(self, actor: Actor, node_id: str) -> Found:
        """`node_id` may be the word `root`. Raises NodeNotFound, Unavailable."""

        def question(tree: Tree) -> tuple[Node, tuple[Folder, ...]]:
            return living(tree, real_id(tree, node_id), actor, Right.READ)

        (node, ancestors), head = await self.reader.ask(own_drive(actor.account_id), question)
        return Found(node, ancestors, head.position)


@dataclass(frozen=True, slots=True)
class ResolvePath:
    reader: Reader

    async def __call__(self, actor: Actor, segments: Sequence[str]) -> Found:
        """Names from the root of the caller's drive; none mean the root. Raises NodeNotFound, Unavailable."""
        try:
            names = [check_name(segment) for segment in segments]
        except NameInvalid as error:
            raise NodeNotFound(NOT_THERE) from error

        def question(tree: Tree) -> tuple[Folder | Node, ...]:
            trail: list[Node] = [tree.drive.root]
            for name in names:
                parent = trail[-1]
                child = tree.occupant(parent.id, name) if isinstance(parent, Folder) else None
                if child is None:
                    raise NodeNotFound(NOT_THERE)
                trail.append(child)
            return tuple(trail)

        trail, head = await self.reader.ask(own_drive(actor.account_id), question)
        ancestors = tuple(node for node in trail[:-1] if isinstance(node, Folder))
        return Found(trail[-1], ancestors, head.position)
