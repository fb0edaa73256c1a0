"""A server that sends exactly the octets it was told to, and keeps exactly those it was sent.

It answers as itself, as a proxy for any host, and through TLS (on a second port, or inside CONNECT).
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from demo.certificates import Authority

RESET = "reset"
CLOSE = "close"
Action = bytes | float | str
Script = Sequence[Action]
"""What is sent, piece by piece: octets; seconds of silence; how the connection ends. Without an end, it is
kept for the next request."""


class Tagged(list[Action]):
    """A page that is not sent again to who says that it is known: `unchanged` is sent then."""

    def __init__(self, page: Script, unchanged: Script) -> None:
        super().__init__(page)
        self.unchanged = unchanged


HOSTS = ("127.0.0.1", "localhost", "hostile.example.invalid")
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@dataclass(slots=True)
class Served:
    """One request as it came and the octets that were sent for it; times are those of the machine's clock."""

    url: str
    host: str
    connection: int
    request: bytes
    began: float
    sent: bytearray = field(default_factory=bytearray)
    ended: float = 0.0


class RawServer:
    """Listens on loopback, each connection in a thread of its own. `scripts` by URL or by path."""

    def __init__(self, scripts: Mapping[str, Script]) -> None:
        self.scripts = dict(scripts)
        self.served: list[Served] = []
        self._contexts = Authority().contexts(HOSTS)
        self._plain = socket.create_server(("127.0.0.1", 0))
        self._secure = socket.create_server(("127.0.0.1", 0))
        self._connections = 0
        self._open: list[socket.socket] = []
        self.port = int(self._plain.getsockname()[1])
        self.tls_port = int(self._secure.getsockname()[1])

    def __enter__(self) -> Self:
        for listener, secure in ((self._plain, False), (self._secure, True)):
            threading.Thread(target=self._accept, args=(listener, secure), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for ours in (self._plain, self._secure, *self._open):
            with suppress(OSError):
                ours.shutdown(socket.SHUT_RDWR)
            ours.close()

    def of(self, url: str) -> list[Served]:
        """What was served for a URL, in order."""
        return [served for served in self.served if served.url == url]

    def _accept(self, listener: socket.socket, secure: bool) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self._connections += 1
                self._open.append(connection)
                threading.Thread(
                    target=self._converse, args=(connection, self._connections, secure), daemon=True
                ).start()

    def _converse(self, connection: socket.socket, number: int, secure: bool) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        scheme, tunnel = "http", ""
        with suppress(OSError):
            if secure:
                connection = self._contexts["127.0.0.1"].wrap_socket(connection, server_side=True)
                scheme, tunnel = "https", f"127.0.0.1:{self.tls_port}"
            while head := _read_head(connection):
                target = head.split(b" ", 2)[1].decode("ascii")
                if head.startswith(b"CONNECT "):
                    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    context = self._contexts[target.rpartition(":")[0]]
                    connection = context.wrap_socket(connection, server_side=True)
                    scheme, tunnel = "https", target.removesuffix(":443")
                    continue
                url = target if "://" in target else f"{scheme}://{tunnel or _host(head)}{target}"
                if not self._answer(connection, number, url, head):
                    break
        connection.close()

    def _answer(self, connection: socket.socket, number: int, url: str, head: bytes) -> bool:
        served = Served(url, urlsplit(url).hostname or "", number, head, time.monotonic())
        self.served.append(served)
        try:
            script = self.scripts.get(url) or self.scripts.get(urlsplit(url).path) or (MISSING,)
            if isinstance(script, Tagged) and b"\r\nif-none-match:" in head.lower():
                script = script.unchanged
            for action in script:
                if isinstance(action, bytes):
                    served.sent += action
                    connection.sendall(action)
                elif isinstance(action, float):
                    time.sleep(action)
                elif action == RESET:
                    # A linger time of zero turns the close into a reset.
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return False
                else:
                    if isinstance(connection, ssl.SSLSocket):
                        with suppress(OSError):
                            connection.unwrap()
                    return False
        finally:
            served.ended = time.monotonic()
        return True


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        octet = connection.recv(1)
        if not octet:
            return b""
        head += octet
    return head


def _host(head: bytes) -> str:
    return head.lower().partition(b"\r\nhost:")[2].partition(b"\r\n")[0].strip().decode("ascii")
