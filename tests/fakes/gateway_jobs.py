"""Jobs as the metadata service keeps them, as far as the gateway sees it: they end at once."""

import uuid
from dataclasses import dataclass, field

from api_gateway.domain.identity import Caller
from api_gateway.domain.jobs import Job, JobPage
from api_gateway.domain.nodes import At, Conflict, Folder, Node
from chassis.errors import Kind, RemoteError
from tests.fakes.gateway_people import NOW
from tests.fakes.gateway_tree import InMemoryTree


@dataclass
class InMemoryJobs:
    """Implements Jobs over the tree. A copied folder comes without what is in it."""

    tree: InMemoryTree
    jobs: dict[str, tuple[str, Job]] = field(default_factory=dict)
    commands: dict[tuple[str, str], tuple[object, At[Node] | Job]] = field(default_factory=dict)
    command_ids: list[str] = field(default_factory=list)

    async def copy(
        self,
        caller: Caller,
        node_id: str,
        *,
        command_id: str,
        parent_id: str,
        name: str | None,
        conflict: Conflict,
    ) -> At[Node] | Job:
        self.command_ids.append(command_id)
        request = (node_id, parent_id, name, conflict)
        known = self.commands.get((caller.account_id, command_id))
        if known is not None:
            if known[0] != request:
                raise RemoteError(Kind.CONFLICT, "command_id_reused", "It came with another request before.")
            return known[1]
        node = self.tree.node(caller, node_id)
        if node.parent_id is None:
            raise RemoteError(Kind.CONFLICT, "root_is_fixed", "The root folder cannot be copied.")
        made = self.tree.put_copy(caller, node, parent_id, name, conflict)
        outcome: At[Node] | Job = self.tree.at(caller, made)
        if isinstance(made, Folder):
            outcome = self._done(caller, "copy", made.id)
        self.commands[caller.account_id, command_id] = (request, outcome)
        return outcome

    async def delete_for_ever(self, caller: Caller, node_id: str, *, command_id: str) -> Job:
        self.command_ids.append(command_id)
        item = self.tree.trashed.get(node_id)
        if item is None or item.node.drive_id != caller.account_id:
            raise RemoteError(Kind.NOT_FOUND, "node_not_found", "There is no such item in the trash.")
        del self.tree.trashed[node_id]
        return self._done(caller, "delete")

    async def empty_trash(self, caller: Caller, *, command_id: str) -> Job:
        self.command_ids.append(command_id)
        for node_id, item in list(self.tree.trashed.items()):
            if item.node.drive_id == caller.account_id:
                del self.tree.trashed[node_id]
        return self._done(caller, "empty_trash")

    async def list(self, caller: Caller, *, limit: int, cursor: str) -> JobPage:
        mine = [job for owner, job in self.jobs.values() if owner == caller.account_id][::-1]
        if cursor and not cursor.startswith("jobs-"):
            raise RemoteError(Kind.INVALID, "cursor_invalid", "This listing never gave that cursor.")
        start = int(cursor.removeprefix("jobs-")) if cursor else 0
        more = len(mine) > start + limit
        return JobPage(tuple(mine[start : start + limit]), f"jobs-{start + limit}" if more else None)

    async def get(self, caller: Caller, job_id: str) -> Job:
        owner, job = self.jobs.get(job_id, ("", None))
        if job is None or owner != caller.account_id:
            raise RemoteError(Kind.NOT_FOUND, "job_not_found", "There is no such job.")
        return job

    async def cancel(self, caller: Caller, job_id: str) -> Job:
        return await self.get(caller, job_id)

    def _done(self, caller: Caller, kind: str, node_id: str | None = None) -> Job:
        job = Job(
            uuid.uuid4().hex, kind, "done", 1, 1, NOW, NOW, cancelling=False, error=None, node_id=node_id
        )
        self.jobs[job.id] = (caller.account_id, job)
        return job
