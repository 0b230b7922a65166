"""Puts together what moves bytes, for the time of one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stowage_client.api.bundles import BundlesApi
from stowage_client.api.nodes import NodesApi
from stowage_client.api.search import SearchApi
from stowage_client.api.uploads import UploadsApi
from stowage_client.backoff import Backoff
from stowage_client.bootstrap import Connection, Machine
from stowage_client.console import Output
from stowage_client.local_names import LocalNames
from stowage_client.progress import ProgressKind, progress
from stowage_client.storage.port import Storage
from stowage_client.transfer.bundle import BundleUploader
from stowage_client.transfer.bundling import BundlingUploader
from stowage_client.transfer.completion import Completion
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.download import FileDownloader
from stowage_client.transfer.folder_maker import FolderMaker
from stowage_client.transfer.get import GetFiles, LocalHands, make_folder
from stowage_client.transfer.jobs import Owner
from stowage_client.transfer.ledger import UploadLedger
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.mirror import folds_case, plan_removal, remove
from stowage_client.transfer.part_flow import PartFlow
from stowage_client.transfer.part_sender import PartSender
from stowage_client.transfer.put import PutFiles
from stowage_client.transfer.range_fetcher import RangeFetcher
from stowage_client.transfer.rehearsal import DownloadPlanner, FolderPlanner, UploadPlanner, plan_folder
from stowage_client.transfer.resume import UploadResumer
from stowage_client.transfer.stream import PipeUploader
from stowage_client.transfer.upload import FileUploader


@dataclass(frozen=True, slots=True)
class TransferTools:
    """`folders` makes those that a destination needs."""

    folders: FolderMaker
    put: PutFiles
    get: GetFiles


@contextmanager
def transfer_tools(
    machine: Machine, connection: Connection, output: Output, *, parallel: int, dry_run: bool = False
) -> Iterator[TransferTools]:
    """`parallel` connections move bytes; none do in a `dry_run`, which changes nothing. Raises NotSignedIn."""
    with _bench(machine, connection, output, parallel=parallel) as bench:
        yield bench.rehearsal() if dry_run else bench.tools()


@contextmanager
def upload_resumer(
    machine: Machine, connection: Connection, output: Output, *, parallel: int
) -> Iterator[UploadResumer]:
    """The same for an upload that somebody else has begun. Raises NotSignedIn."""
    with _bench(machine, connection, output, parallel=parallel) as bench:
        yield bench.resumer()


@contextmanager
def pipe_uploader(
    machine: Machine, connection: Connection, output: Output, *, parallel: int
) -> "Iterator[PipeTools]":
    """The same for what comes through a pipe. Raises NotSignedIn."""
    with _bench(machine, connection, output, parallel=parallel) as bench:
        yield bench.pipe_tools()


@contextmanager
def _bench(machine: Machine, connection: Connection, output: Output, *, parallel: int) -> "Iterator[_Bench]":
    owner = Owner(connection.server, connection.tokens.session().account_id)
    crew = Crew(movers=parallel)
    storage = machine.open_storage(parallel)
    meter = Meter()
    try:
        with progress(_progress_kind(machine, output), meter, output.remark):
            uploads = UploadsApi(connection.signed)
            nodes, bundles = NodesApi(connection.signed), BundlesApi(connection.signed)
            search = SearchApi(connection.signed)
            yield _Bench(machine, owner, nodes, uploads, bundles, search, crew, storage, meter)
    finally:
        crew.dismiss()
        storage.close()


@dataclass(frozen=True, slots=True)
class PipeTools:
    """`folders` makes those that a destination needs."""

    folders: FolderMaker
    upload: PipeUploader
    meter: Meter


@dataclass(frozen=True, slots=True)
class _Bench:
    """What all of them share."""

    machine: Machine
    owner: Owner
    nodes: NodesApi
    uploads: UploadsApi
    bundles: BundlesApi
    search: SearchApi
    crew: Crew
    storage: Storage
    meter: Meter

    def tools(self) -> TransferTools:
        folders = FolderMaker(self.nodes)
        bundles = BundleUploader(self.bundles, self._sender(), self.crew)
        uploader = BundlingUploader(self._uploader(), bundles)
        put = PutFiles(self.nodes, folders, uploader, self.crew, self.meter)
        return TransferTools(
            folders, put, self._get(FileDownloader, LocalHands(make_folder, remove, self._folds_case))
        )

    def rehearsal(self) -> TransferTools:
        folders = FolderPlanner(self.nodes)
        hands = LocalHands(plan_folder, plan_removal, lambda _: self.machine.windows)
        put = PutFiles(self.nodes, folders, UploadPlanner(self.nodes), self.crew, self.meter)
        return TransferTools(folders, put, self._get(DownloadPlanner, hands))

    def resumer(self) -> UploadResumer:
        return UploadResumer(self.uploads, self.nodes, self._parts(), self._completion(), self.meter)

    def pipe_tools(self) -> PipeTools:
        upload = PipeUploader(self.uploads, self._sender(), self._completion(), self.crew, self.meter)
        return PipeTools(FolderMaker(self.nodes), upload, self.meter)

    def _uploader(self) -> FileUploader:
        ledger = UploadLedger(self.machine.locations.state / "uploads")
        ledger.tidy()
        return FileUploader(
            self.owner,
            uploads=self.uploads,
            nodes=self.nodes,
            search=self.search,
            ledger=ledger,
            crew=self.crew,
            parts=self._parts(),
            completion=self._completion(),
            meter=self.meter,
        )

    def _parts(self) -> PartFlow:
        return PartFlow(self.uploads, self._sender(), self.crew, self.meter)

    def _sender(self) -> PartSender:
        return PartSender(self.storage, self.crew, self.meter, pause=self.machine.pause, backoff=Backoff())

    def _completion(self) -> Completion:
        return Completion(self.uploads, pause=self.machine.pause)

    def _get(self, kind: type[FileDownloader], hands: LocalHands) -> GetFiles:
        fetcher = RangeFetcher(
            self.storage, self.crew, self.meter, pause=self.machine.pause, backoff=Backoff()
        )
        logs = self.machine.locations.state / "downloads"
        downloader = kind(self.nodes, fetcher, self.crew, self.meter, logs=logs)
        names = LocalNames(windows=self.machine.windows)
        return GetFiles(self.nodes, downloader, self.meter, names=names, hands=hands)

    def _folds_case(self, folder: Path) -> bool:
        return self.machine.windows or folds_case(folder)


def _progress_kind(machine: Machine, output: Output) -> ProgressKind:
    if output.as_json or output.quiet:
        return "none"
    return "bars" if machine.watched else "lines"
