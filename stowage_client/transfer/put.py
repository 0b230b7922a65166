"""Files and folders to the drive: where each goes, what is there already, many at once, and the report."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import monotonic

from stowage_client.api.models import Conflict, Node
from stowage_client.api.nodes import NodesApi
from stowage_client.errors import ApiError, ClientError, NotSignedIn, Unreachable
from stowage_client.transfer.comparison import same_content
from stowage_client.transfer.counting import counting
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.destination import Destination
from stowage_client.transfer.folder_maker import FolderMaker, Place, Places
from stowage_client.transfer.jobs import Uploader, UploadJob
from stowage_client.transfer.known_names import KnownNames
from stowage_client.transfer.lanes import Take, lanes
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.report import Outcome, Report
from stowage_client.transfer.tasks import each
from stowage_client.transfer.walk import FoundFile, FoundFolder, WalkRules, walk

# Folders that are made, and whose files wait for a lane, at the same time; files that wait beside them.
_FOLDERS_AT_ONCE = 8
_FILES_AHEAD = 16
# Small ones travel in company: while two bundles of a hundred are under way, the next one gathers.
_SMALL_AT_ONCE = 300
_TAKEN_HINT = "Choose --conflict replace or --conflict rename."


@dataclass(frozen=True, slots=True)
class PutOptions:
    """What to do about a name that is taken, what to take of folders; `keep_all`: the report keeps every outcome."""

    conflict: Conflict
    rules: WalkRules = field(default_factory=WalkRules)
    keep_all: bool = False


@dataclass(frozen=True, slots=True)
class _Prospect:
    """A file about to be sent, and the folder that it goes to."""

    file: FoundFile
    place: Place
    names: KnownNames


class PutFiles:
    """Sends what a person names into one folder of the drive; says what it would do, given those who only say it.

    Folders are walked while their files are sent: what is in memory does not grow with a tree, but with its largest
    folders.
    """

    def __init__(
        self, nodes: NodesApi, folders: FolderMaker, uploader: Uploader, crew: Crew, meter: Meter
    ) -> None:
        self._nodes = nodes
        self._folders = folders
        self._uploader = uploader
        self._crew = crew
        self._meter = meter

    async def __call__(
        self, sources: Sequence[Path], destination: Destination, options: PutOptions
    ) -> Report:
        """Files fail one by one, into the report.

        Raises what stops them all: NotSignedIn, Unreachable, LocalError for a source that is not there.
        """
        started = monotonic()
        report = Report(keeps_all=options.keep_all)
        places = Places(self._folders, destination.base)
        send = partial(self._send, options, report)
        async with (
            counting(walk(sources, options.rules), self._meter),
            lanes(send, ahead=_FILES_AHEAD, small_at_once=_SMALL_AT_ONCE) as take,
        ):

            async def open_folder(folder: FoundFolder) -> None:
                _note(folder, report)
                if folder.is_readable:
                    place = await places.at(folder.names)
                    files = [destination.renamed(file) for file in folder.files]
                    await self._hand_over(files, place, options, report, take, named=not folder.names)

            await each(walk(sources, options.rules), open_folder, at_once=_FOLDERS_AT_ONCE)
        report.folders_made = places.made_count
        report.seconds = monotonic() - started
        report.count_bytes(self._meter)
        return report

    async def _hand_over(
        self,
        files: Sequence[FoundFile],
        place: Place | ClientError,
        options: PutOptions,
        report: Report,
        take: Take[_Prospect],
        *,
        named: bool,
    ) -> None:
        """`named`: the person named these files, not a folder that holds them."""
        if not isinstance(place, Place):
            for file in files:
                report.fail(str(file.path), "", place)
            return
        alone = named and len(files) == 1
        names = KnownNames(self._nodes, options.conflict, place, file_count=len(files), one_alone=alone)
        for file in files:
            await take(_Prospect(file, place, names), file.size_bytes)

    async def _send(self, options: PutOptions, report: Report, prospect: _Prospect) -> None:
        file, place = prospect.file, prospect.place
        job = UploadJob(file.path, place.path.child(file.names[-1]), place.folder_id, options.conflict)
        self._meter.begin(file.path, file.size_bytes)
        try:
            report.add(await self._sent(job, file, await prospect.names.find(job.target.name)))
        except (NotSignedIn, Unreachable):
            raise
        except ClientError as error:
            report.fail(str(file.path), str(job.target), error)
        finally:
            self._meter.end(file.path)

    async def _sent(self, job: UploadJob, file: FoundFile, there: Node | None) -> Outcome:
        if there is not None and await self._is_same(there, file):
            return self._unchanged(job, file, there)
        if there is not None and job.conflict == "fail":
            raise _taken(job)
        if there is not None and job.conflict == "replace":
            job = replace(job, base_layout=there.layout)
        try:
            done = await self._uploader(job)
        except ApiError as error:
            if error.server_code != "name_taken" or job.conflict != "fail":
                raise
            there = await self._nodes.find(job.target)
            if there is None or not await self._is_same(there, file):
                error.hint = _TAKEN_HINT
                raise
            return self._unchanged(job, file, there)
        return Outcome(
            "planned" if done.is_only_planned else "done",
            str(job.source),
            str(done.path),
            size_bytes=done.size_bytes,
            node_id=done.node_id,
            resumed=done.resumed,
        )

    async def _is_same(self, there: Node, file: FoundFile) -> bool:
        if there.size is None or there.layout is None or there.content_hash is None:
            return False
        return await same_content(self._crew, file.path, there.size, there.layout, there.content_hash)

    def _unchanged(self, job: UploadJob, file: FoundFile, there: Node) -> Outcome:
        self._meter.settle(file.path, file.size_bytes)
        why = "it is there already, byte for byte"
        return Outcome(
            "unchanged", str(job.source), str(job.target), file.size_bytes, node_id=there.id, why=why
        )


def _taken(job: UploadJob) -> ApiError:
    """Said before any byte travels."""
    error = ApiError(f"There is a {job.target.name} already.", status=409, server_code="name_taken")
    error.hint = _TAKEN_HINT
    return error


def _note(folder: FoundFolder, report: Report) -> None:
    report.excluded += folder.excluded
    for skipped in folder.skipped:
        report.skip(str(skipped.path), skipped.why)
