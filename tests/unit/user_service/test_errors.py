import pytest

from chassis.errors import DomainError
from user_service.domain.errors import (
    AccountNotFound,
    CredentialsWrong,
    RefreshTokenInvalid,
    SessionEnded,
    SessionNotFound,
)


@pytest.mark.parametrize(
    "refusal",
    [AccountNotFound(), CredentialsWrong(), RefreshTokenInvalid(), SessionEnded(), SessionNotFound()],
)
def test_a_refusal_without_particulars_still_says_a_sentence(refusal: DomainError) -> None:
    """Else people read the name of the status: "Unauthorized" after a mistyped password."""
    assert refusal.detail.endswith(".")
