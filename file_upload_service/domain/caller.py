"""Who asks."""

from dataclasses import dataclass

from file_upload_service.domain.ids import AccountId


@dataclass(frozen=True, slots=True)
class Caller:
    """A person. `token` is passed on to the metadata service, which decides rights."""

    account_id: AccountId
    token: str
