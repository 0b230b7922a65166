"""Puts together what moves bytes, for the time of one command."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from rich.console import Console

from stowage_client.api.nodes import NodesApi
from stowage_client.api.uploads import UploadsApi
from stowage_client.backoff import Backoff
from stowage_client.bootstrap import Connection, Machine
from stowage_client.local_names import LocalNames
from stowage_client.progress import BarMeter, SilentMeter
from stowage_client.storage.port import Storage
from stowage_client.transfer.completion import Completion
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.download import FileDownloader
from stowage_client.transfer.get import GetFiles
from stowage_client.transfer.jobs import Owner
from stowage_client.transfer.ledger import UploadLedger
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.part_flow import PartFlow
from stowage_client.transfer.part_sender import PartSender
from stowage_client.transfer.put import PutFiles
from stowage_client.transfer.range_fetcher import RangeFetcher
from stowage_client.transfer.upload import FileUploader


@dataclass(frozen=True, slots=True)
class TransferTools:
    put: PutFiles
    get: GetFiles


@contextmanager
def transfer_tools(
    machine: Machine, connection: Connection, *, parallel: int, watched: bool
) -> Iterator[TransferTools]:
    """`parallel` connections move bytes. Raises NotSignedIn."""
    owner = Owner(connection.server, connection.tokens.session().account_id)
    crew = Crew(movers=parallel)
    storage = machine.open_storage(parallel)
    try:
        with _meter(watched=watched) as meter:
            bench = _Bench(machine, NodesApi(connection.signed), crew, storage, meter)
            yield TransferTools(put=bench.put(owner, UploadsApi(connection.signed)), get=bench.get())
    finally:
        crew.dismiss()
        storage.close()


@dataclass(frozen=True, slots=True)
class _Bench:
    """What both directions share."""

    machine: Machine
    nodes: NodesApi
    crew: Crew
    storage: Storage
    meter: Meter

    def put(self, owner: Owner, uploads: UploadsApi) -> PutFiles:
        pause = self.machine.pause
        sender = PartSender(self.storage, self.crew, self.meter, pause=pause, backoff=Backoff())
        ledger = UploadLedger(self.machine.locations.state / "uploads")
        ledger.tidy()
        uploader = FileUploader(
            owner,
            uploads=uploads,
            nodes=self.nodes,
            ledger=ledger,
            crew=self.crew,
            parts=PartFlow(uploads, sender, self.crew, self.meter),
            completion=Completion(uploads, pause=pause),
        )
        return PutFiles(self.nodes, uploader, self.crew, self.meter)

    def get(self) -> GetFiles:
        fetcher = RangeFetcher(
            self.storage, self.crew, self.meter, pause=self.machine.pause, backoff=Backoff()
        )
        logs = self.machine.locations.state / "downloads"
        downloader = FileDownloader(self.nodes, fetcher, self.crew, self.meter, logs=logs)
        return GetFiles(self.nodes, downloader, self.meter, names=LocalNames(windows=self.machine.windows))


def _meter(*, watched: bool) -> AbstractContextManager[Meter]:
    return BarMeter(Console(stderr=True)) if watched else SilentMeter()
