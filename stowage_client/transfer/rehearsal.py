"""What `--dry-run` puts in the place of those who change something: they look, and say what would come of it."""

from pathlib import Path

from stowage_client.api.models import Content, Node
from stowage_client.api.nodes import NodesApi
from stowage_client.errors import ApiError, LocalError
from stowage_client.transfer.download import Downloaded, DownloadJob, FileDownloader
from stowage_client.transfer.folder_maker import FolderMaker, Place
from stowage_client.transfer.jobs import Uploaded, UploadJob


class FolderPlanner(FolderMaker):
    """Makes no folder; one that is missing counts as new, and has no id."""

    async def _create(self, parent: Place, name: str, there: Node | None) -> Place:
        if there is not None:
            raise _refusal("name_taken", f"There is a file called {name} already.")
        return Place("", parent.path.child(name), is_new=True)


class UploadPlanner:
    """Sends nothing. Refuses what the server would refuse because of a name."""

    def __init__(self, nodes: NodesApi) -> None:
        self._nodes = nodes

    async def __call__(self, job: UploadJob) -> Uploaded:
        """Raises ApiError `name_taken`, `is_a_folder`."""
        is_new_folder = not job.folder_id
        there = None if is_new_folder or job.conflict == "rename" else await self._nodes.find(job.target)
        if there is not None and job.conflict == "fail":
            raise _refusal("name_taken", f"There is a {job.target.name} already.")
        if there is not None and there.is_folder:
            raise _refusal("is_a_folder", f"{job.target} is a folder.")
        return Uploaded("", job.target, job.source.stat().st_size, resumed=False, is_only_planned=True)


class DownloadPlanner(FileDownloader):
    """Fetches nothing."""

    async def _obtain(self, job: DownloadJob, content: Content) -> Downloaded:
        return Downloaded(job.target, content.size, fetched=False, is_only_planned=True)


def plan_folder(folder: Path) -> None:
    """Raises LocalError if no folder could be made there."""
    if folder.exists() and not folder.is_dir():
        raise LocalError(f"Cannot make the folder {folder}: a file is in the way.")


def _refusal(code: str, detail: str) -> ApiError:
    return ApiError(detail, status=409, server_code=code)
