"""A node by its id, or by its path."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from file_metadata_service.app.find_place import FindPlace
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import NOT_THERE, living, real_id
from file_metadata_service.domain.errors import NameInvalid, NodeNotFound
from file_metadata_service.domain.ids import Actor, Position, Seen
from file_metadata_service.domain.names import check_name, name_key
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.domain.rights import Right
from file_metadata_service.ports.answer_cache import Placed


@dataclass(frozen=True, slots=True)
class Found:
    """`ancestors`: from the root down to the parent."""

    node: Node
    ancestors: tuple[Folder, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class GetNode:
    find: FindPlace

    async def __call__(self, actor: Actor, node_id: str, seen: Seen = ()) -> Found:
        """`node_id` may be the word `root`. Raises NodeNotFound, CursorReset, Unavailable."""

        def question(tree: Tree) -> Placed:
            return Placed(*living(tree, real_id(tree, node_id), actor, Right.READ))

        placed, head = await self.find(actor, f"node {node_id}", question, seen)
        return Found(placed.node, placed.ancestors, head.position)


@dataclass(frozen=True, slots=True)
class ResolvePath:
    find: FindPlace

    async def __call__(self, actor: Actor, segments: Sequence[str], seen: Seen = ()) -> Found:
        """Names from the root of the caller's drive; none mean the root.

        Raises NodeNotFound, CursorReset, Unavailable.
        """
        try:
            names = [check_name(segment) for segment in segments]
        except NameInvalid as error:
            raise NodeNotFound(NOT_THERE) from error

        def question(tree: Tree) -> Placed:
            trail: list[Node] = [tree.drive.root]
            for name in names:
                parent = trail[-1]
                child = tree.occupant(parent.id, name) if isinstance(parent, Folder) else None
                if child is None:
                    raise NodeNotFound(NOT_THERE)
                trail.append(child)
            return Placed(trail[-1], tuple(node for node in trail[:-1] if isinstance(node, Folder)))

        placed, head = await self.find(actor, _key_of(names), question, seen)
        return Found(placed.node, placed.ancestors, head.position)


def _key_of(names: Sequence[str]) -> str:
    """Equal for two spellings of one path; no text of people's stands in it."""
    return f"path {sha256('/'.join(map(name_key, names)).encode()).hexdigest()}"
