"""`python -m tests.e2e.storm.hasty_upload_service serve`: the upload service whose patience is seconds, not days.

All else is the real one's: a round sees uploads begin, expire, be swept and be forgotten. `STORM_PATIENCE` multiplies
all of its times.
"""

import os
from datetime import timedelta

from chassis.service import run
from chassis.settings import load
from file_upload_service.bootstrap import NAME, build
from file_upload_service.domain.policy import Policy
from file_upload_service.settings import UploadSettings

PATIENCE = "STORM_PATIENCE"
_SECONDS = {
    "upload_url_life": 8.0,
    "upload_url_slack": 4.0,
    "late_bytes_margin": 3.0,
    "open_life": 40.0,
    "stored_life": 60.0,
    "ended_life": 6.0,
    "lease": 3.0,
    "quick": 3.0,
    "first_pause": 0.5,
    "longest_pause": 3.0,
    # Who sweeps has done with its own trial.
    "trial_life": 15.0,
}


class HastySettings(UploadSettings):
    @property
    def policy(self) -> Policy:
        patience = float(os.environ[PATIENCE])
        return Policy(**{name: timedelta(seconds=seconds * patience) for name, seconds in _SECONDS.items()})


if __name__ == "__main__":
    run(NAME, load(HastySettings), build)
