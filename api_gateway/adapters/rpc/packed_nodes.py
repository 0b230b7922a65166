"""The nodes of a page, decoded straight into what is encoded for the client; `ListEntriesResponse` says the form."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.msgpack import Decoder

from api_gateway.domain.nodes import ListedNode


class ListedFolder(Struct, tag="folder", tag_field="kind", gc=False):
    """The fields of domain.nodes.Folder."""

    id: str
    name: str
    revision: int
    seq: int
    created_at: datetime
    updated_at: datetime
    drive_id: str = ""
    parent_id: str = ""

    @property
    def kind(self) -> str:
        return "folder"


class ListedFile(Struct, tag="file", tag_field="kind", gc=False):
    """The fields of domain.nodes.File."""

    id: str
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
    drive_id: str = ""
    parent_id: str = ""

    @property
    def kind(self) -> str:
        return "file"


_decode = Decoder(list[ListedFolder | ListedFile]).decode


def unpacked(nodes: bytes, *, drive_id: str, parent_id: str) -> Sequence[ListedNode]:
    """All of one folder, so that it travels once: with it, 200 files are more than HTTP/2 sends at once."""
    listed = _decode(nodes)
    for node in listed:
        node.drive_id = drive_id
        node.parent_id = parent_id
    return listed
