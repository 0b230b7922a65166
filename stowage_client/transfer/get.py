"""Files and folders from the drive."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic

from stowage_client.api.models import Node
from stowage_client.api.nodes import NodesApi
from stowage_client.errors import ClientError, LocalError, NotSignedIn, Unreachable, UsageError
from stowage_client.local_names import LocalNames, NameUnfit
from stowage_client.remote_path import RemotePath
from stowage_client.transfer.download import Downloaded, DownloadJob, FileDownloader
from stowage_client.transfer.exclusion import Exclusion
from stowage_client.transfer.lanes import Take, lanes
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.mirror import FolderImage
from stowage_client.transfer.report import Kind, Outcome, Report

_SAME = {True: "its size and time are the same", False: "it is there already, byte for byte"}
_LISTED_AHEAD = 10_000  # so that what is to come is known for most folders, in bounded memory


@dataclass(frozen=True, slots=True)
class GetOptions:
    """Whether folders are wanted with all they hold but `exclusion`, and whether other files in the way may go.

    `version`: a file as it was. `keep_all`: the report keeps every outcome. `delete`: what stands in those folders here
    and not in the drive goes. `compare_bytes`: also of files whose size and time are what they should be.
    """

    recursive: bool = False
    replace: bool = False
    version: int | None = None
    exclusion: Exclusion = field(default_factory=Exclusion)
    keep_all: bool = False
    delete: bool = False
    compare_bytes: bool = False


@dataclass(frozen=True, slots=True)
class _Wanted:
    node: Node
    source: RemotePath
    target: Path
    below: tuple[str, ...] = ()  # the folder that was asked for


@dataclass(frozen=True, slots=True)
class LocalHands:
    """What changes folders here, or only looks whether it could.

    `remove`: something, by its names below the topmost folder, but for what is left out; whether it is gone.
    `folds_case`: whether the disk of a folder takes `A` and `a` for one name.
    """

    make_folder: Callable[[Path], None]
    remove: Callable[[Path, tuple[str, ...], Exclusion], bool]
    folds_case: Callable[[Path], bool]


class GetFiles:
    """Fetches a file, or a folder with all it holds."""

    def __init__(
        self,
        nodes: NodesApi,
        downloader: FileDownloader,
        meter: Meter,
        *,
        names: LocalNames,
        hands: LocalHands,
    ) -> None:
        self._nodes = nodes
        self._downloader = downloader
        self._meter = meter
        self._names = names
        self._hands = hands

    async def __call__(self, source: RemotePath, target: Path, options: GetOptions) -> Report:
        """`target` is a folder to put it into, or the name that it shall have.

        Files fail one by one, into the report. Raises what stops them all: NotSignedIn, Unreachable, UsageError,
        ApiError 404, or 409 `not_a_file` for a version of a folder, LocalError if the topmost folder cannot be made or
        is a link that `target` does not name.
        """
        started = monotonic()
        node = await self._nodes.at(source)
        if options.version is not None:
            node = replace(node, size=(await self._nodes.content(node.id, options.version)).size)
        if node.is_folder and not options.recursive:
            raise UsageError(f"{source} is a folder.", hint="Add -r to fetch it with all it holds.")
        if options.delete and not node.is_folder:
            raise UsageError(f"{source} is a file; --delete is for folders.")
        top = _Wanted(node, source, self._inside(target, node, source))
        if node.is_folder and top.target != target:
            _refuse_link(top.target)
        report = Report(keeps_all=options.keep_all)
        await self._fetch_all(top, options, report)
        report.seconds = monotonic() - started
        report.count_bytes(self._meter)
        return report

    async def _fetch_all(self, top: _Wanted, options: GetOptions, report: Report) -> None:
        async def fetch(item: _Wanted) -> None:
            self._meter.begin(item.target, item.node.size or 0)
            try:
                report.add(await self._fetched(item, options))
            except (NotSignedIn, Unreachable):
                raise
            except ClientError as error:
                report.fail(str(item.source), str(item.target), error)
            finally:
                self._meter.end(item.target)

        async with lanes(fetch, ahead=_LISTED_AHEAD) as take:
            if not top.node.is_folder:
                await self._note(top, take)
                return
            async for item in self._below(top, options, report):
                await self._note(item, take)

    async def _note(self, item: _Wanted, take: Take[_Wanted]) -> None:
        size_bytes = item.node.size or 0
        self._meter.expect(files=1, size_bytes=size_bytes)
        await take(item, size_bytes)

    async def _fetched(self, item: _Wanted, options: GetOptions) -> Outcome:
        done = await self._downloader(
            DownloadJob(
                item.node,
                item.target,
                replace=options.replace,
                version=options.version,
                keep_time=options.recursive,
                compare_bytes=options.compare_bytes or not options.recursive,
            )
        )
        return Outcome(
            _kind(done),
            str(item.source),
            str(done.path),
            size_bytes=done.size_bytes,
            node_id=item.node.id,
            resumed=done.resumed,
            why=None if _kind(done) != "unchanged" else _SAME[done.by_time],
        )

    async def _below(self, top: _Wanted, options: GetOptions, report: Report) -> AsyncIterator[_Wanted]:
        """The files below a folder; makes the folders for them on the way. What cannot stand here fails by itself."""
        self._hands.make_folder(top.target)
        folds_case = self._hands.folds_case(top.target)
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            if folder is not top:
                try:
                    _refuse_link(folder.target)
                    self._hands.make_folder(folder.target)
                except LocalError as error:
                    report.fail(str(folder.source), str(folder.target), error)
                    continue
            image = FolderImage(folds_case=folds_case)
            async for node in self._nodes.entries(folder.node.id):
                if options.exclusion.covers((*folder.below, node.name), is_folder=node.is_folder):
                    report.excluded += 1
                    continue
                try:
                    name = self._names.take(node.name)
                    image.take(name)
                except NameUnfit as error:
                    report.fail(str(folder.source.child(node.name)), str(folder.target), error)
                    continue
                below = (*folder.below, name)
                item = _Wanted(node, folder.source.child(name), folder.target / name, below)
                if node.is_folder:
                    waiting.append(item)
                else:
                    yield item
            if options.delete:
                await self._delete_extras(folder, image, options, report)

    async def _delete_extras(
        self, folder: _Wanted, image: FolderImage, options: GetOptions, report: Report
    ) -> None:
        """Only once the folder was listed to its end: what was not listed is not there."""
        try:
            extras = list(image.extras(folder.target, folder.below, options.exclusion))
        except LocalError as error:
            report.fail(str(folder.source), str(folder.target), error)
            return
        for path in extras:
            below = (*folder.below, path.name)
            try:
                if await asyncio.to_thread(self._hands.remove, path, below, options.exclusion):
                    report.add(Outcome("deleted", "", str(path)))
            except LocalError as error:
                report.fail(str(folder.source.child(path.name)), str(path), error)

    def _inside(self, target: Path, node: Node, source: RemotePath) -> Path:
        return target / self._names.take(node.name) if target.is_dir() and not source.is_root else target


def _kind(done: Downloaded) -> Kind:
    if done.is_only_planned:
        return "planned"
    return "done" if done.fetched else "unchanged"


def make_folder(folder: Path) -> None:
    """Raises LocalError if a file is in the way, or if it may not be made."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise LocalError(f"Cannot make the folder {folder}: {error.strerror}.") from error


def _refuse_link(folder: Path) -> None:
    """Of a folder that the person has not named: a link there could lead anywhere."""
    if folder.is_symlink():
        raise LocalError(
            f"{folder} is a symbolic link: what lies below would be written elsewhere.",
            hint="Remove the link, or fetch that folder by itself to where it leads.",
        )
