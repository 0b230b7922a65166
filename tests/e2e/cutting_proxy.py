"""A TCP proxy that can lose an answer: the request is applied, the connection cut before the client knows."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class CuttingProxy:
    """Stands before one server; after `lose_next_answer()` the next answer is dropped with its connection."""

    def __init__(self, target_url: str) -> None:
        parts = urlsplit(target_url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._armed = threading.Event()
        self.answers_lost = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def lose_next_answer(self) -> None:
        self._armed.set()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            threading.Thread(target=_pump, args=(client, server), daemon=True).start()
            with contextlib.suppress(OSError):
                while answer := server.recv(65536):
                    if self._armed.is_set():
                        self._armed.clear()
                        self.answers_lost += 1
                        break
                    client.sendall(answer)
            # Both ends, so that the pump's blocked recv wakes as well.
            for end in (client, server):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)


@contextlib.contextmanager
def cutting_proxy(target_url: str) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(target_url)
    try:
        yield proxy
    finally:
        proxy.close()
