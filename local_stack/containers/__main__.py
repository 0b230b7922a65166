"""`python -m local_stack.containers [secrets | bucket | renew]`: first start and renewal; each may be repeated."""

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from local_stack.bucket import ensure_bucket
from local_stack.containers.dealing import deal
from local_stack.containers.dealing import renew as deal_anew
from local_stack.errors import StackError
from local_stack.vault import Vault

_VAULT, _HANDS = Path("/vault"), Path("/for")
_PAUSE_SECONDS = 20.0
app = typer.Typer(help="What docker-compose.yml does at a first start.", pretty_exceptions_enable=False)


@app.command()
def secrets() -> None:
    """Draw secrets, make certificates, and give each container its own."""
    renewed = deal(_VAULT, _HANDS, redis=os.environ["REDIS"], pause=_pause)
    typer.echo(f"certificates made: {', '.join(renewed) or 'none'}")


@app.command()
def renew(
    *,
    authority: Annotated[bool, typer.Option(help="Also replace the CA; both are trusted meanwhile.")] = False,
) -> None:
    """Give every service a new certificate while it runs: nothing restarts, and no call fails."""
    deal_anew(_VAULT, _HANDS, authority=authority, pause=_pause)
    typer.echo("New certificates are in use within seconds.")


def _pause() -> None:
    """Services look at their files every five seconds."""
    time.sleep(_PAUSE_SECONDS)


@app.command()
def bucket() -> None:
    """Make the bucket, its owner, and let pages of the front door read it."""
    kept = Vault(_VAULT / "secrets")
    origins = f"{os.environ['STOWAGE_URL']},{os.environ.get('STOWAGE_CORS_ORIGINS', '')}".split(",")
    try:
        ensure_bucket(
            os.environ["S3_BUCKET"],
            endpoint=os.environ["S3_ENDPOINT"],
            region=os.environ["S3_REGION"],
            root=kept.credentials("engines/s3_root"),
            owner=kept.credentials("file-upload-service/s3"),
            origins=[origin.strip() for origin in origins if origin.strip()],
        )
    except StackError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    app()
