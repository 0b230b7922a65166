"""FastAPI with one route and nothing else: `python -m bench.bare_route` prints its address and serves."""

import socket
from datetime import UTC, datetime

import uvicorn
from fastapi import FastAPI, Response

from api_gateway.adapters.http.encoding import encoded
from api_gateway.domain.nodes import File, NodePage
from bench.filling import SIZE_BYTES, names

ROWS = 200


def application() -> FastAPI:
    app = FastAPI()
    at = datetime.now(UTC)
    page = NodePage(tuple(_row(name, at) for name in names(ROWS)), None)

    @app.get("/api/v1/bare")
    async def bare() -> Response:
        return encoded(page)

    return app


def _row(name: str, at: datetime) -> File:
    return File(
        "0" * 32, "1" * 32, "2" * 32, name, 1, 1, at, at, SIZE_BYTES, "image/jpeg", "3" * 64, "p23", 1
    )


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        config = uvicorn.Config(
            application(), log_config=None, access_log=False, loop="uvloop", http="httptools"
        )
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
