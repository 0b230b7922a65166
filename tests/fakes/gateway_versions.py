"""The versions of files as the metadata service keeps them, as far as the gateway sees it."""

from dataclasses import dataclass, field, replace

from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At, File, Node
from api_gateway.domain.versions import Version, VersionPage
from chassis.errors import Kind, RemoteError
from tests.fakes.gateway_people import NOW
from tests.fakes.gateway_tree import InMemoryTree


@dataclass
class InMemoryVersions:
    """Implements Versions over the tree."""

    tree: InMemoryTree
    kept: set[tuple[str, int]] = field(default_factory=set)
    command_ids: list[str] = field(default_factory=list)

    async def list(self, caller: Caller, file_id: str, *, limit: int, cursor: str) -> At[VersionPage]:
        file = self.tree.file(caller, file_id)
        if cursor and not cursor.startswith(f"{file_id}-"):
            raise RemoteError(Kind.INVALID, "cursor_invalid", "This listing never gave that cursor.")
        below = int(cursor.rpartition("-")[2]) if cursor else file.version + 1
        found = [file, *reversed(self.tree.past.get(file_id, {}).values())]
        rest = [it for it in found if it.version < below]
        items = tuple(self._shown(file, it) for it in rest[:limit])
        more = len(rest) > limit
        return self.tree.at(caller, VersionPage(items, f"{file_id}-{items[-1].number}" if more else None))

    async def restore(
        self, caller: Caller, file_id: str, number: int, *, command_id: str, if_revision: int | None
    ) -> At[Node]:
        self.command_ids.append(command_id)
        file, past = self._past(caller, file_id, number)
        if if_revision not in (None, file.revision):
            raise RemoteError(Kind.STALE, "revision_stale", "It has changed since.")
        self.tree.past[file_id][file.version] = file
        self.tree.seq += 1
        back = replace(
            past,
            name=file.name,
            parent_id=file.parent_id,
            revision=file.revision + 1,
            version=file.version + 1,
            seq=self.tree.seq,
        )
        self.tree.nodes[file_id] = back
        return self.tree.at(caller, back)

    async def delete(self, caller: Caller, file_id: str, number: int, *, command_id: str) -> At[Version]:
        self.command_ids.append(command_id)
        file, past = self._past(caller, file_id, number)
        del self.tree.past[file_id][number]
        self.tree.seq += 1
        return self.tree.at(caller, self._shown(file, past))

    async def keep(
        self, caller: Caller, file_id: str, number: int, *, command_id: str, keep: bool
    ) -> At[Version]:
        self.command_ids.append(command_id)
        file = self.tree.file(caller, file_id)
        it = file if number == file.version else self._past(caller, file_id, number)[1]
        (self.kept.add if keep else self.kept.discard)((file_id, number))
        return self.tree.at(caller, self._shown(file, it))

    def _past(self, caller: Caller, file_id: str, number: int) -> tuple[File, File]:
        file = self.tree.file(caller, file_id)
        if number == file.version:
            raise RemoteError(Kind.CONFLICT, "version_is_current", "This is the file's current version.")
        past = self.tree.past.get(file_id, {}).get(number)
        if past is None:
            raise RemoteError(Kind.NOT_FOUND, "version_not_found", "The file has no such version.")
        return file, past

    def _shown(self, file: File, it: File) -> Version:
        current = it.version == file.version
        return Version(
            it.version,
            it.size,
            it.content_type,
            it.content_hash,
            it.layout,
            NOW,
            f"account:{file.drive_id}",
            (file.id, it.version) in self.kept,
            current,
            None if current else NOW,
        )
