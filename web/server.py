"""The process that serves: a socket, uvicorn on it, and an end in order when a signal asks for it."""

from __future__ import annotations

import logging
import resource
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import uvicorn
from starlette.types import ASGIApp

import logs
from errors import PortTrouble

STOP_SECONDS = 10
"""What is being sent when a signal comes has so long to be sent."""
_BACKLOG = 2048
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve(app: ASGIApp, host: str, port: int, *, zone: ZoneInfo, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; `ready` is told the address once it answers.

    Port 0 is any that is free. What is asked for is told on stderr, with times in `zone`. Raises
    `PortTrouble`.
    """
    listener = _bind(host, port)
    _allow_many_connections()
    logs.to_stderr(zone, {"web": logging.INFO, "uvicorn": logging.WARNING})
    number = listener.getsockname()[1]
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips="127.0.0.1",  # a web server before us tells who asks, and how
        backlog=_BACKLOG,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    name = f"[{host}]" if ":" in host else host
    _Server(config, lambda: ready(f"http://{name}:{number}/")).run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """As uvicorn's own, which in the end would send each signal to this process once more.

        They stay taken: one that comes late must not kill what is ending in order.
        """
        for number in _ENDS:
            signal.signal(number, self.handle_exit)
        yield


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise PortTrouble(host=host, port=port, problem=error.strerror) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise PortTrouble(host=host, port=port, problem=error.strerror) from error
    return listener


def _allow_many_connections() -> None:
    """As many open files as this process may have: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
