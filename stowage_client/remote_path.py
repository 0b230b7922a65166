"""Where something stands in the drive: `/films/big.mkv`."""

from dataclasses import dataclass
from urllib.parse import quote

from stowage_client.errors import UsageError
from stowage_client.formatting import is_text


@dataclass(frozen=True, slots=True)
class RemotePath:
    """A path in the drive, as its names from the root down. No names: the root itself."""

    names: tuple[str, ...]
    wants_folder: bool = False  # it was written with a slash at its end

    @classmethod
    def parse(cls, text: str) -> "RemotePath":
        """Reads a path as people write it; a missing slash at its head is forgiven.

        Raises UsageError for `..`, which has no meaning in a drive, and for bytes that are no text.
        """
        if not is_text(text):
            raise UsageError(f"{text}: a path in the drive is UTF-8")
        names = tuple(name for name in text.split("/") if name not in ("", "."))
        if ".." in names:
            raise UsageError(f"{text}: a path in the drive cannot hold '..'")
        return cls(names, wants_folder=text.endswith("/") or not names)

    @property
    def is_root(self) -> bool:
        return not self.names

    @property
    def name(self) -> str:
        return self.names[-1] if self.names else ""

    @property
    def parent(self) -> "RemotePath":
        return RemotePath(self.names[:-1], wants_folder=True)

    def child(self, *names: str) -> "RemotePath":
        return RemotePath((*self.names, *names))

    @property
    def encoded(self) -> str:
        """Its names percent-encoded, for use in a URL."""
        return "/".join(quote(name, safe="") for name in self.names)

    def __str__(self) -> str:
        return "/" + "/".join(self.names)
