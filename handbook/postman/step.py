"""One request of the journey."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """before, after: scripts of Postman's sandbox. is_public: without the token, as for storage.

    stays_here: a redirect is looked at, not followed.
    """

    name: str
    method: str
    url: str
    after: str
    before: str = ""
    json_body: str = ""
    raw_body: str = ""
    is_public: bool = False
    stays_here: bool = False
