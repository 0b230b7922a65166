"""What must be done next for an upload that nobody waits for."""

from datetime import datetime
from enum import StrEnum

from file_upload_service.domain.policy import Policy
from file_upload_service.domain.upload import ENDED, Upload, UploadState


class Duty(StrEnum):
    NOTHING = "nothing"
    EXPIRE = "expire"  # its owner has let it lie: abort
    FINISH = "finish"  # whoever was finishing it is gone
    END = "end"  # whoever was ending it is gone
    CLEAN = "clean"  # its URLs are void now: what they brought since goes too
    DROP = "drop"  # nobody asks for it any more


def duty_of(upload: Upload, now: datetime, policy: Policy) -> Duty:
    """Reads the row alone: an index that named it may be old."""
    if now < upload.due_at or upload.is_leased(now):
        return Duty.NOTHING
    if upload.state is UploadState.ABORTING:
        return Duty.END
    if upload.state in ENDED:
        return Duty.CLEAN if upload.abandoned and not upload.cleaned else Duty.DROP
    if upload.state is UploadState.OPEN:
        return Duty.EXPIRE
    outlived = upload.stored_at is not None and now >= upload.stored_at + policy.stored_life
    return Duty.EXPIRE if outlived else Duty.FINISH
