"""A host of the web as it is today, on loopback: it counts who comes, and can answer as a hostile page."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from typing import Self

EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: *\r\n\r\n"


class Live:
    """A server on a port of its own. `pages`: what it answers at a path, the whole reply; else nothing."""

    def __init__(self) -> None:
        self.pages: Mapping[str, bytes] = {}
        self.connections = 0
        self.asked: list[str] = []
        """the paths that were asked for"""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Wakes the thread that waits for the next visitor, too.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(visitor,), daemon=True).start()

    def _answer(self, visitor: socket.socket) -> None:
        with visitor, visitor.makefile("rb") as request:
            visitor.settimeout(20)
            try:
                while words := request.readline().split():
                    path = words[1].decode()
                    self.asked.append(path)
                    while request.readline().strip():
                        pass
                    visitor.sendall(self.pages.get(path, EMPTY))
            except OSError:
                return
