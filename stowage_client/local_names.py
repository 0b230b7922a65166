"""Which names of nodes can stand on this machine's disks."""

import re
from dataclasses import dataclass

from stowage_client.errors import LocalError

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file. A device is one with any ending, and with spaces
# before it; what follows a colon is a hidden stream of the file before it.
_DEVICE = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\..*)?", re.IGNORECASE | re.DOTALL
)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RENAME = "Fetch it under another name (stowage get PATH OTHER-NAME), or rename it (stowage mv)."


class NameUnfit(LocalError):
    """The name is a good one elsewhere, but not on this machine."""

    code = "name_unfit"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, hint=_RENAME)


@dataclass(frozen=True, slots=True)
class LocalNames:
    """`windows`: with its rules besides."""

    windows: bool

    def take(self, name: str) -> str:
        """The name itself, if a file here may have it.

        Raises NameUnfit, and LocalError for one that would lead out of its folder: a server is not to be trusted
        with that.
        """
        if name in ("", ".", "..") or any(separator in name for separator in self._separators):
            raise LocalError(f"The server names a file {name!r}, which no folder here can hold.")
        if self.windows:
            _check_windows(name)
        return name

    @property
    def _separators(self) -> str:
        return "/\0\\" if self.windows else "/\0"


def _check_windows(name: str) -> None:
    if device := _DEVICE.fullmatch(name):
        raise NameUnfit(
            f"Windows keeps the name {device[1].upper()} for a device: nothing can be called {name!r}."
        )
    if found := _FORBIDDEN.search(name):
        raise NameUnfit(f"No file on Windows can have {found[0]} in its name: {name!r}.")
    if name.endswith((".", " ")):
        raise NameUnfit(f"Windows drops a dot or space at the end of a name: {name!r}.")
