"""rclone's S3 backend as a contestant, where the program is at hand.

All its defaults but one: 1.60 makes no bucket. It sends an MD5 with each part and compares the whole file's when it
fetched one, which is what "with checksums" is for it.
"""

import shutil
from pathlib import Path

from local_stack.composition import REGION

_HOW_TO_GET_IT = (
    "rclone is not on the PATH and is left out (Debian: apt-get download rclone && dpkg-deb -x rclone_*.deb DIR; "
    "or go install github.com/rclone/rclone@v1.68.2)"
)


def rclone_path() -> str | None:
    """None, and a line that says how to get it, where there is none."""
    found = shutil.which("rclone")
    if found is None:
        print(_HOW_TO_GET_IT)
    return found


def copy_words(
    program: str, direction: str, file: Path, *, endpoint: str, bucket: str, key: str
) -> list[str]:
    """Credentials come by the environment, as boto3's do."""
    there = f":s3:{bucket}/{key}"
    source, target = (str(file), there) if direction == "up" else (there, str(file))
    return [
        program, "copyto", source, target, "--config", "/dev/null", "--s3-provider", "Other", "--s3-env-auth",
        "--s3-endpoint", endpoint, "--s3-region", REGION, "--s3-force-path-style", "--s3-no-check-bucket",
    ]  # fmt: skip
