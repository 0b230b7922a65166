"""Bundles: many small files in one plan and one commit, with an answer for each."""

from collections.abc import Sequence
from dataclasses import dataclass

from stowage_client.api.answers import problem_in, reading
from stowage_client.api.models import Json
from stowage_client.api.transport import ApiTransport
from stowage_client.api.upload_models import SignedPart, StartRequest
from stowage_client.errors import ApiError

# The server takes no more in one bundle, each of one part (design.md, "Uploading").
FILES_PER_BUNDLE = 100


@dataclass(frozen=True, slots=True)
class CommittedFile:
    """What a bundled file became."""

    node_id: str
    name: str


# Where a file's bytes go, what it became, or why it may not be.
BundledAnswer = SignedPart | CommittedFile | ApiError


@dataclass(frozen=True, slots=True)
class Bundle:
    """`files` in the order in which they were asked for."""

    id: str
    files: tuple[BundledAnswer, ...]

    @classmethod
    def parse(cls, data: Json) -> "Bundle":
        return cls(data["id"], tuple(_answer(file) for file in data["files"]))


class BundlesApi:
    """Every call is harmless to repeat."""

    def __init__(self, transport: ApiTransport) -> None:
        self._transport = transport

    async def start(self, files: Sequence[tuple[StartRequest, bytes]], *, key: str) -> Bundle:
        """The bundle of this key, begun now or before; of each file what is asked for it and its SHA-256.

        What was sent and not completed gets a fresh URL.
        """
        body = {"files": [{**request.as_json(), "sha256": digest.hex()} for request, digest in files]}
        answer = await self._transport.request("POST", "/bundles", body=body, key=key)
        with reading():
            return Bundle.parse(answer.data)

    async def complete(self, bundle_id: str) -> Bundle:
        """Those whose bytes have not arrived answer `parts_missing`."""
        answer = await self._transport.request("POST", f"/bundles/{bundle_id}/complete")
        with reading():
            return Bundle.parse(answer.data)

    async def abort(self, bundle_id: str) -> None:
        await self._transport.request("DELETE", f"/bundles/{bundle_id}")


def _answer(file: Json) -> BundledAnswer:
    if file["put"] is not None:
        return SignedPart.parse(file["put"])
    if file["file"] is not None:
        return CommittedFile(file["file"]["node_id"], file["file"]["name"])
    return problem_in(file["problem"], status=file["status"])
