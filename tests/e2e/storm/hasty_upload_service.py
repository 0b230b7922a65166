"""`python -m tests.e2e.storm.hasty_upload_service serve`: the upload service whose patience is seconds, not days.

All else is the real one's: a round sees uploads begin, expire, be swept and be forgotten.
"""

from datetime import timedelta

from chassis.service import run
from chassis.settings import load
from file_upload_service.bootstrap import NAME, build
from file_upload_service.domain.policy import Policy
from file_upload_service.settings import UploadSettings

HASTY = Policy(
    upload_url_life=timedelta(seconds=8),
    upload_url_slack=timedelta(seconds=4),
    late_bytes_margin=timedelta(seconds=3),
    open_life=timedelta(seconds=40),
    stored_life=timedelta(seconds=60),
    ended_life=timedelta(seconds=6),
    lease=timedelta(seconds=3),
    quick=timedelta(seconds=3),
    first_pause=timedelta(seconds=0.5),
    longest_pause=timedelta(seconds=3),
    trial_life=timedelta(seconds=45),
)


class HastySettings(UploadSettings):
    @property
    def policy(self) -> Policy:
        return HASTY


if __name__ == "__main__":
    run(NAME, load(HastySettings), build)
