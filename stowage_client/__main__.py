"""`stowage`, also as `python -m stowage_client`."""

import os
import sys

from stowage_client.bootstrap import real_machine
from stowage_client.cli import make_app
from stowage_client.errors import ExitCode


def main() -> None:
    try:
        make_app()(obj=real_machine())
    except SystemExit as end:
        if end.code == ExitCode.INTERRUPTED:
            # Threads may wait for a network that does not answer; all that matters is in files already.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(ExitCode.INTERRUPTED)
        raise


if __name__ == "__main__":
    main()
