"""Port: what an operator may see of the committers. Nothing depends on it, and it never fails."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import NewType, Protocol

# Which request a command belongs to, in the watch's own words.
Origin = NewType("Origin", str)


class CommitterWatch(Protocol):
    def origin(self) -> Origin:
        """Of the command that is being submitted."""
        ...

    def writing(self, origins: Sequence[Origin]) -> AbstractContextManager[None]:
        """Around a group, with its retries, until its commands are answered. An exception means: not known."""
        ...

    def settled(self, *, commands: int) -> None:
        """So many commands were answered by one transaction."""
        ...

    def refused(self, code: str) -> None:
        """A command was refused; `code` is the domain error's, "internal" for a bug."""
        ...

    def dropped(self, cause: str) -> None:
        """A command was not written, because nobody waits for it: the caller is "gone", or the time "expired"."""
        ...

    def retried(self, cause: str) -> None:
        """A group is tried again; `cause` is the name of the error."""
        ...
