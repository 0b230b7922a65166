"""Files and folders to the drive: where each goes, what is there already, many at once, and the report."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from stowage_client.api.models import Conflict, Node
from stowage_client.api.nodes import NodesApi
from stowage_client.errors import ApiError, ClientError, NotSignedIn, Unreachable
from stowage_client.layout import SMALLEST_PART_BYTES
from stowage_client.transfer.comparison import same_content
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.destination import Destination
from stowage_client.transfer.folder_maker import FolderMaker, Place, Places
from stowage_client.transfer.jobs import Uploader, UploadJob
from stowage_client.transfer.known_names import KnownNames
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.report import Outcome, Report
from stowage_client.transfer.tasks import each, together
from stowage_client.transfer.walk import Found, FoundFile, WalkRules, walk

# Small files wait for the server more than for the network; a big one fills the network by itself, and the second
# is sent while the first is put together.
_SMALL_AT_ONCE = 16
_BIG_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class PutOptions:
    """What to do about a name that is taken, and what to take of folders."""

    conflict: Conflict
    rules: WalkRules = field(default_factory=WalkRules)


class PutFiles:
    """Sends what a person names into one folder of the drive; says what it would do, given those who only say it."""

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
        found = _found(sources, options.rules)
        report = Report(excluded=found.excluded)
        for skipped in found.skipped:
            report.skip(str(skipped.path), skipped.why)
        files = [destination.renamed(file) for file in found.files]
        self._meter.expect(files=len(files), size_bytes=sum(file.size_bytes for file in files))
        places = await self._folders.make(destination.base, found.folders)
        report.folders_made = sum(isinstance(place, Place) and place.is_new for place in places.values())
        await self._send_all(files, places, options, report)
        report.seconds = monotonic() - started
        report.count_bytes(self._meter)
        return report

    async def _send_all(
        self, files: Sequence[FoundFile], places: Places, options: PutOptions, report: Report
    ) -> None:
        per_folder = Counter(
            place.folder_id for file in files if isinstance(place := places[file.names[:-1]], Place)
        )
        known = KnownNames(self._nodes, options.conflict, per_folder)

        async def send(file: FoundFile) -> None:
            place = places[file.names[:-1]]
            if not isinstance(place, Place):
                report.fail(str(file.path), "", place)
                return
            job = UploadJob(file.path, place.path.child(file.names[-1]), place.folder_id, options.conflict)
            self._meter.begin(file.path, file.size_bytes)
            try:
                report.outcomes.append(await self._sent(job, file, await known.find(place, job.target.name)))
            except (NotSignedIn, Unreachable):
                raise
            except ClientError as error:
                report.fail(str(file.path), str(job.target), error)
            finally:
                self._meter.end(file.path)

        async with together() as group:
            small = (file for file in files if file.size_bytes <= SMALLEST_PART_BYTES)
            big = (file for file in files if file.size_bytes > SMALLEST_PART_BYTES)
            group.create_task(each(big, send, at_once=_BIG_AT_ONCE))
            group.create_task(each(small, send, at_once=_SMALL_AT_ONCE))

    async def _sent(self, job: UploadJob, file: FoundFile, there: Node | None) -> Outcome:
        if there is not None and await self._is_same(there, file):
            return self._unchanged(job, file, there)
        try:
            done = await self._uploader(job)
        except ApiError as error:
            if error.server_code != "name_taken" or job.conflict != "fail":
                raise
            there = await self._nodes.find(job.target)
            if there is None or not await self._is_same(there, file):
                error.hint = "Choose --conflict replace or --conflict rename."
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


def _found(sources: Sequence[Path], rules: WalkRules) -> Found:
    all_found = Found()
    for source in sources:
        found = walk(source, rules)
        all_found.folders += found.folders
        all_found.files += found.files
        all_found.skipped += found.skipped
        all_found.excluded += found.excluded
    return all_found
