"""One file from the drive: parallel ranges, proven by its hash, put in place at once."""

import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DownloadJob:
    """`file` shall stand at `target`, as it is or was in `version`; `replace` what else stands there.

    `keep_time`: with the time of its last change in the drive, by which the next run knows it, unless it is told to
    `compare_bytes`.
    """

    file: Node
    target: Path
    replace: bool
    version: int | None = None
    keep_time: bool = False
    compare_bytes: bool = True


@dataclass(frozen=True, slots=True)
class Downloaded:
    """`fetched` is False if it stood there already, or if it would only be fetched.

    `by_time`: its size and time say so; else its bytes do.
    """

    path: Path
    size_bytes: int
    fetched: bool
    resumed: bool = False
    is_only_planned: bool = False
    by_time: bool = False


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
        if not job.compare_bytes and _looks_the_same(job):
            size_bytes = job.file.size or 0
            self._meter.settle(job.target, size_bytes)
            return Downloaded(job.target, size_bytes, fetched=False, by_time=True)
        content = await self._nodes.content(job.file.id, job.version)
        if job.target.is_dir():
            raise LocalError(f"{job.target} is a folder.")
        if job.target.exists():
            # In a mirror a link is not the file: what it leads to may go with the rest that is not in the drive.
            is_itself = not (job.keep_time and job.target.is_symlink())
            if is_itself and await self._is_there(job.target, content):
                self._meter.settle(job.target, content.size)
                return Downloaded(job.target, content.size, fetched=False)
            if not job.replace:
                raise already_there(job.target)
        return await self._obtain(job, content)

    async def _is_there(self, target: Path, content: Content) -> bool:
        return await same_content(self._crew, target, content.size, content.layout, content.content_hash)

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
        if job.keep_time:
            await self._crew.move(partial.stamp, _changed_ns(job.file))
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


def _looks_the_same(job: DownloadJob) -> bool:
    """What a link leads to is not what an earlier run has put there."""
    try:
        status = job.target.lstat()
    except OSError:
        return False
    same = (status.st_size, status.st_mtime_ns) == (job.file.size, _changed_ns(job.file))
    return same and stat.S_ISREG(status.st_mode)


def _changed_ns(file: Node) -> int:
    """Since 1970, exactly: a float would round it."""
    return (file.updated_at - _EPOCH) // timedelta(microseconds=1) * 1000
