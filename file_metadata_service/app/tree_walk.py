"""Walking everything below a folder, by pages, from wherever it was left."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.names import name_key
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.ports.listings import FolderListing, Order

NODES_A_PAGE = 1_000
NAMES_REMEMBERED = 10_000

# Folders from the top down, each with where to go on in it.
Place = Sequence[tuple[NodeId, str | None]]


@dataclass(frozen=True, slots=True)
class Visit:
    """`leaving`: of a folder all has been given. `unsure`: the walk cannot tell whether its folder gave a node of the
    same name before.
    """

    node: Node
    leaving: bool = False
    unsure: bool = False


@dataclass(slots=True)
class _Frame:
    folder_id: NodeId
    start: str | None
    folder: Folder | None = None
    # Of its folders: a file may have taken the name of one since. None: too many, or not known any more.
    names: set[str] | None = None
    page: deque[Node] = field(default_factory=deque)
    at_end: bool = False


class TreeWalk:
    """A folder comes before what is in it, and once more when it is left.

    What changes meanwhile may be given as it was or as it is, twice or not at all; it always ends.
    """

    def __init__(self, listing: FolderListing, place: Place) -> None:
        self._listing = listing
        self._frames = [_Frame(folder_id, start) for folder_id, start in place]
        if len(self._frames) == 1 and self._frames[0].start is None:
            self._frames[0].names = set()

    @property
    def place(self) -> list[tuple[NodeId, str | None]]:
        """Behind the last visit."""
        return [(frame.folder_id, frame.start) for frame in self._frames]

    async def next(self) -> Visit | None:
        """None at the end. Raises Unavailable."""
        while self._frames:
            frame = self._frames[-1]
            node = await self._take(frame)
            if node is None:
                self._frames.pop()
                if frame.folder is not None:
                    return Visit(frame.folder, leaving=True)
            elif isinstance(node, Folder):
                # A folder that was moved below itself while it was walked.
                if all(node.id != above.folder_id for above in self._frames):
                    self._enter(frame, node)
                    return Visit(node, unsure=frame.names is None)
            elif frame.names is None or name_key(node.name) not in frame.names:
                return Visit(node, unsure=frame.names is None)
        return None

    async def _take(self, frame: _Frame) -> Node | None:
        while not frame.page and not frame.at_end:
            page = await self._listing.page(frame.folder_id, Order(), limit=NODES_A_PAGE, start=frame.start)
            frame.page.extend(page.items)
            frame.at_end = page.next_start is None
            if not page.items and page.next_start is not None:
                frame.start = page.next_start
        if not frame.page:
            return None
        node = frame.page.popleft()
        frame.start = self._listing.behind(node)
        return node

    def _enter(self, frame: _Frame, folder: Folder) -> None:
        if frame.names is not None:
            frame.names.add(name_key(folder.name))
            if len(frame.names) > NAMES_REMEMBERED:
                frame.names = None
        self._frames.append(_Frame(folder.id, None, folder, set()))
