"""Answers as bytes. Another form needs another FORM, so that services of different ages do not read each other's."""

from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder

from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.ports.answer_cache import Placed
from file_metadata_service.ports.listings import PackedPage

FORM = "2"


class _PlacedForm(Struct, array_like=True):
    folder: Folder | None
    file: File | None
    ancestors: tuple[Folder, ...]


class _PageForm(Struct, array_like=True):
    nodes: bytes
    next_start: str | None


_encode = Encoder().encode
_placed = Decoder(_PlacedForm).decode
_page = Decoder(_PageForm).decode


def dump_placed(placed: Placed) -> bytes:
    node = placed.node
    if isinstance(node, File):
        return _encode(_PlacedForm(None, node, placed.ancestors))
    return _encode(_PlacedForm(node, None, placed.ancestors))


def load_placed(form: bytes) -> Placed:
    """Raises msgspec.MsgspecError."""
    loaded = _placed(form)
    node = loaded.file or loaded.folder
    assert node is not None
    return Placed(node, loaded.ancestors)


def dump_page(page: PackedPage) -> bytes:
    return _encode(_PageForm(page.nodes, page.next_start))


def load_page(form: bytes) -> PackedPage:
    """Raises msgspec.MsgspecError."""
    loaded = _page(form)
    return PackedPage(loaded.nodes, loaded.next_start)
