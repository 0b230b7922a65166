"""The passwords that are guessed first."""

from typing import Protocol


class CommonPasswords(Protocol):
    """Holds them casefolded; asking takes no time to speak of."""

    def __contains__(self, password: object, /) -> bool: ...
