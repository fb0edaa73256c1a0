"""The replica: a proxy on loopback that answers for the two sites and for nobody else.

    with Replica(day=1) as replica:
        fetch("http://gaj.shizuishan.gov.cn/", proxy=replica.proxy_url)
        replica.set_day(2)

It never opens a connection: an unknown host gets a 502 that says so.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from demo import faults
from demo.certificates import Authority
from demo.days import DAYS
from demo.messages import Reply, Request, head, read_request, reply, said
from demo.resource import Resource
from demo.sites import all_sites
from demo.world import missing, moved, world

LOOPBACK = "127.0.0.1"
HEAD_LIMIT = 64 * 1024
IDLE_SECONDS = 60.0
CLOSING_SECONDS = 1.0
FAULT_PREFIXES = (f"http://{faults.HOST}/", f"https://{faults.HOST}/")


@dataclass(frozen=True, slots=True)
class Hit:
    """One reply of a site: what was asked on which day, and the digest of the payload that was sent."""

    day: int
    method: str
    url: str
    status: int
    length: int
    sha256: str


class Replica:
    """Both sites behind one proxy, in a thread of its own. Every method may be called from any thread."""

    def __init__(self, day: int = 1, port: int = 0) -> None:
        self._lock = threading.Lock()
        self._hits: list[Hit] = []
        self._day = day
        self.set_day(day)
        self._wanted_port = port
        self._port = 0
        self._authority = Authority()
        secure = [site.host for site in all_sites().values() if site.scheme == "https"]
        self._contexts = self._authority.contexts([*secure, faults.HOST])
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._connections: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        return self._port

    @property
    def proxy_url(self) -> str:
        return f"http://{LOOPBACK}:{self._port}"

    @property
    def ca_pem(self) -> str:
        """The certificate that a client trusts if it checks certificates."""
        return self._authority.pem

    @property
    def day(self) -> int:
        with self._lock:
            return self._day

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Every reply of the sites so far, in order. Faults are not counted."""
        with self._lock:
            return tuple(self._hits)

    def set_day(self, day: int) -> None:
        """From the next request on, answer as on `day`."""
        if day not in DAYS:
            raise ValueError(f"the replica knows the days {DAYS}, not {day}")
        with self._lock:
            self._day = day

    def body(self, url: str, day: int | None = None, *, gzip: bool = True) -> bytes:
        """The payload of a GET, before any content decoding; `gzip`: the client accepts it."""
        return _resource(url, self.day if day is None else day).encoded(accepts_gzip=gzip)

    def start(self) -> None:
        """Listen, and return when the first connection can be made."""
        self._ready.clear()
        self._failure = None
        self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        """Close every connection and wait for the thread to end."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        with suppress(RuntimeError):  # the loop has ended on its own
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        server = await asyncio.start_server(self._connection, LOOPBACK, self._wanted_port, limit=HEAD_LIMIT)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections)
        await server.wait_closed()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._converse(reader, writer)
        except ValueError as error:  # no request, or a URL or a number in it that makes no sense
            writer.write(said(400, str(error)).octets)
        except (OSError, TimeoutError):
            pass  # the client went away or fell silent, which is its right
        except asyncio.CancelledError:
            writer.transport.abort()  # only `_serve` cancels, and it is ending
        finally:
            self._connections.discard(task)
            await _close(writer)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until one side has had enough; after CONNECT, inside the tunnel."""
        tunnel: str | None = None
        while True:
            request = await asyncio.wait_for(read_request(reader), IDLE_SECONDS)
            if request is None:
                return
            if tunnel is None and request.method == "CONNECT":
                tunnel = await self._open_tunnel(request, writer)
                if tunnel is None:
                    return
            elif not await self._answer(request, writer, tunnel):
                return

    async def _open_tunnel(self, request: Request, writer: asyncio.StreamWriter) -> str | None:
        host, _, port = request.target.rpartition(":")
        context = self._contexts.get(host)
        if context is None or port != "443":
            writer.write(said(502, f"the replica has no TLS host {request.target}").octets)
            return None
        writer.write(head(200, []))
        await writer.drain()
        await writer.start_tls(context)
        return host

    async def _answer(self, request: Request, writer: asyncio.StreamWriter, tunnel: str | None) -> bool:
        """Send one reply; says whether the connection may be used again."""
        url = f"https://{tunnel}{request.target}" if tunnel else request.target
        if url.startswith(FAULT_PREFIXES):
            return await faults.serve(writer, url) and request.keeps_alive
        answer = self._reply(request, url)
        writer.write(answer.octets)
        await writer.drain()
        return request.keeps_alive and answer.status not in {400, 405, 502}

    def _reply(self, request: Request, url: str) -> Reply:
        parts = urlsplit(url)
        hosts = all_sites()
        if not parts.scheme:
            return said(400, f"this is a proxy for {' and '.join(hosts)}: ask with the whole URL")
        if parts.hostname not in hosts:
            return said(
                502, f"the replica does not know the host {parts.hostname} and never asks the network"
            )
        if request.method not in {"GET", "HEAD"}:
            return said(405, f"the replica answers GET and HEAD, not {request.method}")
        with self._lock:
            answer = reply(request, _resource(url, self._day))
            digest = sha256(answer.payload).hexdigest()
            self._hits.append(Hit(self._day, request.method, url, answer.status, len(answer.payload), digest))
        return answer


def _resource(url: str, day: int) -> Resource:
    """What `url` holds on `day`. The query is ignored, as a server of static files does."""
    parts = urlsplit(url)
    site = all_sites()[parts.hostname or ""]
    path = parts.path or "/"
    if parts.scheme != site.scheme:
        return moved(site.url(path))
    return world(day).get(site.url(path)) or missing()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        # A TLS peer may never say goodbye.
        await asyncio.wait_for(writer.wait_closed(), CLOSING_SECONDS)
    except (OSError, ssl.SSLError, TimeoutError):
        writer.transport.abort()
