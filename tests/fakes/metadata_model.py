"""What a tree should be, in a few dictionaries: the model that the service is run beside."""

from dataclasses import dataclass, field, replace

from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.domain.names import name_key

ROOT = "root"


@dataclass(slots=True)
class ModelNode:
    parent: str
    name: str
    is_folder: bool
    sizes: list[int] = field(default_factory=list)
    trashed: bool = False


class Refused(Exception):
    """The code that the service must answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class TreeModel:
    """Nodes by the ids that the service gave them. Every method raises Refused, or changes the tree."""

    nodes: dict[str, ModelNode] = field(default_factory=dict)
    quota: int | None = None

    def copied(self) -> "TreeModel":
        nodes = {node_id: replace(node, sizes=list(node.sizes)) for node_id, node in self.nodes.items()}
        return TreeModel(nodes, self.quota)

    def lives(self, node_id: str) -> bool:
        while node_id != ROOT:
            node = self.nodes.get(node_id)
            if node is None or node.trashed:
                return False
            node_id = node.parent
        return True

    def children(self, folder: str) -> dict[str, str]:
        """Living children: id by name_key."""
        return {
            name_key(node.name): node_id
            for node_id, node in self.nodes.items()
            if node.parent == folder and not node.trashed
        }

    def check_folder(self, folder: str) -> None:
        self.check_alive(folder)
        if folder != ROOT and not self.nodes[folder].is_folder:
            raise Refused("not_a_folder")

    def check_alive(self, node_id: str) -> None:
        if not self.lives(node_id):
            raise Refused("node_not_found")

    def check_file(self, node_id: str) -> None:
        self.check_alive(node_id)
        if node_id == ROOT or self.nodes[node_id].is_folder:
            raise Refused("not_a_file")

    def past_size(self, node_id: str, number: int) -> int:
        sizes = self.nodes[node_id].sizes
        if number == len(sizes):
            raise Refused("version_is_current")
        if number > len(sizes):
            raise Refused("version_not_found")
        return sizes[number - 1]

    def check_free(self, folder: str, name: str, rule: ConflictRule, itself: str = "") -> bool:
        """True if the name is free; False if the rule finds another one."""
        occupant = self.children(folder).get(name_key(name))
        if occupant in (None, itself):
            return True
        if rule is ConflictRule.RENAME:
            return False
        raise Refused("name_taken")

    def check_upload(self, folder: str, name: str, rule: ConflictRule) -> str | None:
        """The file that is replaced."""
        self.check_folder(folder)
        if rule is not ConflictRule.REPLACE:
            self.check_free(folder, name, rule)
            return None
        occupant = self.children(folder).get(name_key(name))
        if occupant is not None and self.nodes[occupant].is_folder:
            raise Refused("is_a_folder")
        return occupant

    def check_room(self, size: int) -> None:
        if self.quota is not None and self.bytes_used + size > self.quota:
            raise Refused("quota_exceeded")

    def check_move(self, node_id: str, parent: str, name: str, rule: ConflictRule) -> None:
        self.check_alive(node_id)
        if parent != self.nodes[node_id].parent:
            self.check_folder(parent)
            above = parent
            while above != ROOT:
                if above == node_id:
                    raise Refused("would_make_cycle")
                above = self.nodes[above].parent
        if (parent, name) != (self.nodes[node_id].parent, self.nodes[node_id].name):
            self.check_free(parent, name, rule, itself=node_id)

    def restore_target(self, node_id: str) -> str:
        node = self.nodes.get(node_id)
        if node is None or not node.trashed:
            raise Refused("node_not_found")
        target = node.parent
        while not self.lives(target):
            target = self.nodes[target].parent
        return target

    def add(self, node_id: str, parent: str, name: str, *, size: int | None = None) -> None:
        sizes = [] if size is None else [size]
        self.nodes[node_id] = ModelNode(parent, name, is_folder=size is None, sizes=sizes)

    def place(self, node_id: str, parent: str, name: str) -> None:
        node = self.nodes[node_id]
        node.parent, node.name, node.trashed = parent, name, False

    def path(self, node_id: str) -> list[str]:
        """The names from the root, whether it lives or not."""
        names = list[str]()
        while node_id != ROOT:
            names.insert(0, self.nodes[node_id].name)
            node_id = self.nodes[node_id].parent
        return names

    @property
    def bytes_used(self) -> int:
        return sum(sum(node.sizes) for node in self.nodes.values())
