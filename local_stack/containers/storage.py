"""Becomes the storage server of a container, after mending what a kill left behind. Standard library only."""

import os
import sys
from pathlib import Path

from local_stack.engines.launches import s3
from local_stack.s3_repair import repair

_PROGRAM, _DATA, _SECRETS = Path("/usr/local/bin/versitygw"), Path("/data"), Path("/run/stowage")
_PORT = 7070


def main() -> None:
    """Never returns."""
    engine = s3(
        _PROGRAM,
        folder=_DATA,
        host="0.0.0.0",  # noqa: S104 - of a container; who reaches it is for its networks to say
        port=_PORT,
        root_access_key_id=(_SECRETS / "s3_root_access_key_id").read_text(),
        root_secret_access_key=(_SECRETS / "s3_root_secret_access_key").read_text(),
        region=os.environ["S3_REGION"],
    )
    os.umask(0o077)
    for folder in engine.folders:
        folder.mkdir(exist_ok=True)
    done = repair(_DATA / "objects")
    if done.uploads_reopened or done.files_removed:
        sys.stderr.write(f"mended: {done}\n")
        sys.stderr.flush()
    os.execve(engine.argv[0], engine.argv, {**os.environ, **engine.env})  # noqa: S606 - its job


if __name__ == "__main__":
    main()
