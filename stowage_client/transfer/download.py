"""One file from the drive: parallel ranges, proven by its hash, put in place at once."""

from dataclasses import dataclass
from pathlib import Path

from stowage_client.api.models import Content, Node
from stowage_client.api.nodes import NodesApi
from stowage_client.errors import DamagedContent, LocalError
from stowage_client.layout import Span, content_hash, spans
from stowage_client.transfer.comparison import same_content
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.fetch_log import FetchLog
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.partial import PartialFile, already_there
from stowage_client.transfer.range_fetcher import ContentLink, RangeFetcher
from stowage_client.transfer.tasks import each


@dataclass(frozen=True, slots=True)
class DownloadJob:
    """`file` shall stand at `target`, as it is or was in `version`; `replace` what else stands there."""

    file: Node
    target: Path
    replace: bool
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Downloaded:
    """`fetched` is False if it stood there already, byte for byte, or if it would only be fetched."""

    path: Path
    size_bytes: int
    fetched: bool
    resumed: bool = False
    is_only_planned: bool = False


class FileDownloader:
    """Downloads files, several at once if asked from several tasks."""

    def __init__(
        self, nodes: NodesApi, fetcher: RangeFetcher, crew: Crew, meter: Meter, *, logs: Path
    ) -> None:
        self._nodes = nodes
        self._fetcher = fetcher
        self._crew = crew
        self._meter = meter
        self._logs = logs

    async def __call__(self, job: DownloadJob) -> Downloaded:
        """Raises LocalError, DamagedContent, RemoteChanged, Unreachable, StorageRefused, ApiError."""
        content = await self._nodes.content(job.file.id, job.version)
        if job.target.is_dir():
            raise LocalError(f"{job.target} is a folder.")
        if job.target.exists():
            if await same_content(self._crew, job.target, content.size, content.layout, content.content_hash):
                self._meter.settle(job.target, content.size)
                return Downloaded(job.target, content.size, fetched=False)
            if not job.replace:
                raise already_there(job.target)
        return await self._obtain(job, content)

    async def _obtain(self, job: DownloadJob, content: Content) -> Downloaded:
        with PartialFile(job.target, content.content_hash, content.size) as partial:
            return await self._fetch(job, content, partial)

    async def _fetch(self, job: DownloadJob, content: Content, partial: PartialFile) -> Downloaded:
        log = FetchLog(self._logs, partial.path)
        all_spans = list(spans(content.layout, content.size))
        digests = await self._arrived_before(partial, log, all_spans)
        resumed = bool(digests)
        link = ContentLink(self._nodes, job.file.id, job.version, content)

        async def fetch(span: Span) -> None:
            digests[span.number] = await self._fetcher.fetch(link, partial, span)
            log.add(span.number, digests[span.number])

        missing = [span for span in all_spans if span.number not in digests]
        await each(missing, fetch, at_once=self._crew.feeder_count)
        self._prove(content, [digests[span.number] for span in all_spans], partial, log)
        partial.put_in_place(replace=job.replace)
        log.forget()
        return Downloaded(job.target, content.size, fetched=True, resumed=resumed)

    async def _arrived_before(
        self, partial: PartialFile, log: FetchLog, all_spans: list[Span]
    ) -> dict[int, bytes]:
        """What an earlier run wrote, as far as the bytes still say so."""
        noted = log.read()
        arrived: dict[int, bytes] = {}

        async def look(span: Span) -> None:
            if await self._crew.hash(partial.digest, span) == noted[span.number]:
                arrived[span.number] = noted[span.number]
                self._meter.settle(partial.target, span.size_bytes)

        noted_spans = [span for span in all_spans if span.number in noted]
        await each(noted_spans, look, at_once=self._crew.hasher_count)
        return arrived

    def _prove(self, content: Content, digests: list[bytes], partial: PartialFile, log: FetchLog) -> None:
        if content_hash(digests) == content.content_hash:
            return
        log.forget()
        partial.discard()
        raise DamagedContent(
            "What came is not what was put, by its hash; it was thrown away.",
            hint="Run the command again; if it stays so, the stored file is damaged.",
        )
