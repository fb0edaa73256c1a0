"""Segments that lie in the object store only, given out on loopback to a program that reads by HTTP."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from errors import CannotRead, StoreTrouble
from storage.store import Store

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")
_MOST_BYTES = 1 << 20
"""Given out at a time, however long the part is."""


class StoreServer:
    """Serves `<url>/<segment>` by ranges, while the `with` block runs. `told` is given each trouble once."""

    def __init__(self, store: Store, told: Callable[[StoreTrouble], None]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(store, told))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="store-server", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(store: Store, told: Callable[[StoreTrouble], None]) -> type[BaseHTTPRequestHandler]:
    known: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = _RANGE.fullmatch(self.headers.get("Range", ""))
            if wanted is None:
                self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                return
            start, end = int(wanted[1]), int(wanted[2]) + 1
            try:
                self._give(unquote(self.path.removeprefix("/")), start, end)
            except CannotRead:
                self.send_error(HTTPStatus.NOT_FOUND)
            except StoreTrouble as error:
                if error.message() not in known:
                    known.add(error.message())
                    told(error)
                # What has begun ends short of its length, which tells its reader.
                if not self._begun:
                    self.send_error(HTTPStatus.BAD_GATEWAY)
            except ConnectionError:
                pass  # its reader has gone

        def _give(self, name: str, start: int, end: int) -> None:
            self._begun = False
            with store.open(name) as file:
                file.seek(start)
                octets = file.read(min(end - start, _MOST_BYTES))
                self._begun = True
                self.send_response(HTTPStatus.PARTIAL_CONTENT)
                self.send_header("Content-Length", str(end - start))
                self.end_headers()
                while octets:
                    self.wfile.write(octets)
                    start += len(octets)
                    octets = file.read(min(end - start, _MOST_BYTES)) if start < end else b""

        def log_message(self, *_: object) -> None:
            """Nobody reads what was asked for."""

    return Handler
