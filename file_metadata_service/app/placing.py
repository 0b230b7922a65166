"""What happens when a name is taken: the three conflict rules."""

from enum import StrEnum

from chassis.errors import InvalidArgument
from file_metadata_service.app.tree import Tree
from file_metadata_service.domain.errors import IsAFolder, NameTaken, RevisionStale, TooDeep
from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.names import NodeKind, numbered
from file_metadata_service.domain.nodes import MAX_DEPTH, File, Folder
from file_metadata_service.ports.ledger import name_keys

FIRST_NUMBERS = range(2, 10)
# Where "name (2)" to "name (9)" are taken, there may be thousands: leap ahead, then close in.
LEAPS = tuple(2**power for power in range(4, 21))
STEPS_PER_ROUND = 8


class ConflictRule(StrEnum):
    """REPLACE is for uploads only."""

    FAIL = "fail"
    RENAME = "rename"
    REPLACE = "replace"


def check_no_replacing(rule: ConflictRule) -> None:
    """Raises InvalidArgument."""
    if rule is ConflictRule.REPLACE:
        raise InvalidArgument("Only an upload can replace.")


def check_depth(chain_to_parent: tuple[Folder, ...]) -> None:
    """May a folder come below that chain? The root is at depth 0. Raises TooDeep."""
    if len(chain_to_parent) > MAX_DEPTH:
        raise TooDeep(f"Folders go {MAX_DEPTH} deep at most.")


def free_name(
    tree: Tree,
    folder_id: NodeId,
    name: str,
    *,
    kind: NodeKind,
    rule: ConflictRule,
    itself: NodeId | None = None,
) -> str:
    """The name, or by rule RENAME another one, that nobody but `itself` has there. Raises NameTaken."""
    occupant = tree.occupant(folder_id, name)
    if occupant is None or occupant.id == itself:
        return name
    if rule is not ConflictRule.RENAME:
        raise NameTaken(f"{occupant.name} is there already.")
    return _free_number(tree, folder_id, name, kind, itself)


def upload_target(
    tree: Tree, folder_id: NodeId, name: str, rule: ConflictRule, if_revision: int | None
) -> File | str:
    """The file to replace, or the name for a new one. Raises NameTaken, IsAFolder, RevisionStale."""
    if rule is not ConflictRule.REPLACE:
        return free_name(tree, folder_id, name, kind=NodeKind.FILE, rule=rule)
    occupant = tree.occupant(folder_id, name)
    if isinstance(occupant, Folder):
        raise IsAFolder(f"{occupant.name} is a folder.")
    if occupant is not None:
        occupant.check_revision(if_revision)
        return occupant
    if if_revision is not None:
        raise RevisionStale("The file to replace is not there any more.")
    return name


def _free_number(tree: Tree, folder_id: NodeId, name: str, kind: NodeKind, itself: NodeId | None) -> str:
    """A free one, the first if it is below ten; reads grow with the logarithm of those taken."""

    def first_free(numbers: range | tuple[int, ...]) -> int | None:
        candidates = {number: numbered(name, number, kind) for number in numbers}
        tree.need(*(key for candidate in candidates.values() for key in name_keys(folder_id, candidate)))
        occupants = ((number, tree.occupant(folder_id, it)) for number, it in candidates.items())
        return next((number for number, node in occupants if node is None or node.id == itself), None)

    free = first_free(FIRST_NUMBERS)
    if free is None:
        taken = FIRST_NUMBERS[-1]
        free = first_free(LEAPS)
        if free is None:
            raise NameTaken("Too many items of that name.")
        taken = max((number for number in LEAPS if number < free), default=taken)
        while free - taken > 1:
            step = max(1, (free - taken) // STEPS_PER_ROUND)
            rungs = range(taken + step, free, step)
            closer = first_free(rungs)
            taken = (closer or rungs[-1] + step) - step
            free = closer or free
    return numbered(name, free, kind)
