"""nginx as a proxy before storage: it passes on as things come, and signs nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from local_stack.ports import free_port

_CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off; client_max_body_size 0; proxy_request_buffering off; proxy_max_temp_file_size 0; sendfile off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream s3 {{ server {storage}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://s3; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
    }}
  }}
}}
"""


@asynccontextmanager
async def nginx_before(folder: Path, storage: str, program: str) -> AsyncIterator[str]:
    """Its address."""
    port = free_port()
    (folder / "nginx.conf").write_text(_CONFIGURATION.format(folder=folder, storage=storage, port=port))
    words = [program, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    process = await asyncio.create_subprocess_exec(*words, cwd=folder)
    try:
        place = f"127.0.0.1:{port}"
        while not await _answers(port):  # noqa: ASYNC110  # nobody tells us
            await asyncio.sleep(0.05)
        yield place
    finally:
        process.terminate()
        await process.wait()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return False
    writer.close()
    return True
