"""How long things live, and how many there may be."""

from dataclasses import dataclass
from datetime import timedelta

# A trial of storage takes seconds: what has lain for longer was left by one that was killed.
TRIAL_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """The service's patience. The defaults are the design's."""

    open_uploads_an_account: int = 1_000
    upload_url_life: timedelta = timedelta(hours=1)
    # `signed_until` moves ahead by this much more than a URL lives, so that most signings need not move it.
    upload_url_slack: timedelta = timedelta(hours=1)
    download_url_life: timedelta = timedelta(minutes=5)
    # A URL's expiry is checked when its request begins: what began just in time may still arrive.
    late_bytes_margin: timedelta = timedelta(minutes=15)
    open_life: timedelta = timedelta(days=7)
    stored_life: timedelta = timedelta(days=30)
    ended_life: timedelta = timedelta(days=7)
    lease: timedelta = timedelta(seconds=15)
    # A person waits this long for Complete's answer; after that they are told to ask again.
    quick: timedelta = timedelta(seconds=8)
    # Tries with growing pauses before what S3 says (nothing there) is believed.
    lost_after_attempts: int = 10
    first_pause: timedelta = timedelta(seconds=2)
    longest_pause: timedelta = timedelta(minutes=1)
    trial_life: timedelta = TRIAL_LIFE

    @property
    def longest_life(self) -> timedelta:
        """So long an upload may take from its start to its end, if everybody takes their time."""
        return self.open_life + self.stored_life

    def pause_after(self, attempts: int) -> timedelta:
        """How long to wait after the given number of tries in a row that came to nothing (from 1)."""
        return min(self.longest_pause, self.first_pause * (1 << min(attempts - 1, 16)))
