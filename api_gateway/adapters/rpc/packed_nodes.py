"""The nodes of a page, decoded straight into what is encoded for the client; `ListEntriesResponse` says the form."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.msgpack import Decoder

from api_gateway.domain.nodes import ListedNode


class ListedFolder(Struct, tag="folder", tag_field="kind", frozen=True, gc=False):
    """The fields of domain.nodes.Folder."""

    id: str
    drive_id: str
    parent_id: str
    name: str
    revision: int
    seq: int
    created_at: datetime
    updated_at: datetime

    @property
    def kind(self) -> str:
        return "folder"


class ListedFile(Struct, tag="file", tag_field="kind", frozen=True, gc=False):
    """The fields of domain.nodes.File."""

    id: str
    drive_id: str
    parent_id: str
    name: str
    revision: int
    seq: int
    created_at: datetime
    updated_at: datetime
    size: int
    content_type: str
    content_hash: str
    layout: str
    version: int

    @property
    def kind(self) -> str:
        return "file"


_decode = Decoder(list[ListedFolder | ListedFile]).decode


def unpacked(nodes: bytes) -> Sequence[ListedNode]:
    return _decode(nodes)
