"""What of a blob no index sorts by and no condition looks at, as one attribute: MessagePack, by position.

As in `packed_nodes.py`: a new field comes last and has a default, none is ever removed or moved.
"""

from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder

from file_metadata_service.adapters.dynamodb.packed_nodes import PackedNode


class PackedBlob(Struct, array_like=True, gc=False):
    """`committed`: the first answer of its Commit. Times are Unix milliseconds."""

    drive_id: str
    decided_at_ms: int
    size_bytes: int
    content_hash: str
    layout: str
    only_part: bytes | None
    committed: PackedNode | None
    seq: int
    alias_of: str | None = None


pack_blob = Encoder().encode
unpack_blob = Decoder(PackedBlob).decode
