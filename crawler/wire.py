"""The octets of an exchange, taken where they cross Scrapy's HTTP/1.1 connection.

Scrapy's own hooks see normalised headers and decoded bodies. Here the connection's protocol is subclassed:
what the request writes to the transport and what the transport delivers is copied to a `Tape` first, inside
TLS and inside a CONNECT tunnel. This rests on private names of Scrapy 2.19 and Twisted; `check_contract`
plays an exchange through the protocol at start and says what no longer holds.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, cast

from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL.SSL import Connection as TlsConnection
from scrapy import Request
from scrapy.core.downloader.handlers import http11
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.web._newclient import HTTP11ClientProtocol
from twisted.web._newclient import Request as TxRequest
from twisted.web.client import HTTPConnectionPool
from twisted.web.http_headers import Headers
from twisted.web.iweb import IResponse

from storage.spool import Spool


@dataclass(slots=True)
class Tape:
    """What crossed the wire for one request: octets `sent` and `received`, the peer's address, TLS facts.

    `full`: more came than `limit`, or more than could be kept (`problem` says why), and the connection was
    given up.
    """

    received: Spool = field(default_factory=Spool)
    limit: int = sys.maxsize
    sent: bytearray = field(default_factory=bytearray)
    peer: str | None = None
    tls: str | None = None
    stopped: bool = False
    full: bool = False
    problem: str | None = None

    def start(self, transport: Any) -> None:
        """A connection begins to carry the request; an attempt that an idle one swallowed is dropped."""
        self.sent.clear()
        self.received.clear()
        self.peer, self.tls = getattr(transport.getPeer(), "host", None), None
        self.meet(transport)

    def meet(self, transport: Any) -> None:
        """Note the TLS facts where they are known: a new connection has none before its first octets come."""
        if self.tls is None and not self.stopped:
            with suppress(AttributeError):  # a plain connection has no TLS handle
                self.tls = _describe_tls(transport.getHandle())

    def hear(self, octets: bytes) -> None:
        if self.stopped:
            return
        try:
            self.received.append(octets)
        except OSError as error:
            self.full, self.problem = True, f"cannot write a temporary file: {error.strerror}"
        else:
            self.full = len(self.received) > self.limit

    def stop(self) -> None:
        """The exchange is over: whatever the connection still brings belongs to no request."""
        self.stopped = True


_current_tape: ContextVar[Tape | None] = ContextVar("current_tape", default=None)


class _TeeTransport:
    """A transport that copies what is written to it onto a tape."""

    def __init__(self, transport: Any, tape: Tape) -> None:
        self._transport = transport
        self._tape = tape

    def write(self, octets: bytes) -> None:
        self._tape.sent += octets
        self._transport.write(octets)

    def writeSequence(self, pieces: list[bytes]) -> None:  # noqa: N802 - Twisted's name
        for piece in pieces:
            self._tape.sent += piece
        self._transport.writeSequence(pieces)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class RecordingProtocol(http11._LenientHTTP11ClientProtocol):
    """One connection; each request that carries a tape is recorded on it, both ways."""

    _tape: Tape | None = None

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        tape: Tape | None = getattr(request, "nianbao_tape", None)
        self._tape = tape
        if tape is not None:
            tape.start(self.transport)
            write_to: Callable[[Any], Any] = type(request).writeTo.__get__(request)
            request.writeTo = lambda transport: write_to(_TeeTransport(transport, tape))  # type: ignore[method-assign]
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._tape is not None:
            if not len(self._tape.received):
                self._tape.meet(self.transport)
            self._tape.hear(data)
            if self._tape.full:
                # Scrapy's own limit counts the body only, not headers and chunk sizes without end.
                assert self.transport is not None
                self.transport.abortConnection()
                return
        super().dataReceived(data)

    def connectionLost(self, *reason: Any) -> None:  # noqa: N802 - Twisted's name
        if self._tape is not None:
            self._tape.meet(self.transport)
        super().connectionLost(*reason)


class _RecordingFactory(http11._LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:  # noqa: N802 - Twisted's name
        return RecordingProtocol(self._quiescentCallback)


class _TapedConnection:
    """A connection lent to one request, to which it ties the request's tape.

    The tape travels on Twisted's request object, because a pool that finds its idle connection dead sends the
    same object again over a new one.
    """

    def __init__(self, connection: Any, tape: Tape) -> None:
        self._connection = connection
        self._tape = tape

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        request.nianbao_tape = self._tape  # type: ignore[attr-defined]
        answer: Deferred[IResponse] = self._connection.request(request)
        return answer.addCallback(self._lighten)

    def _lighten(self, response: Any) -> IResponse:
        """Let Scrapy's reader of the body hold no more of it than the tape does."""
        deliver = response.deliverBody

        def deliver_lightly(reader: Any) -> None:
            reader._bodybuf = _LightBody(self._tape)
            deliver(reader)

        response.deliverBody = deliver_lightly
        return cast("IResponse", response)


class _LightBody(BytesIO):
    """Scrapy's copy of a body, which stays empty where the tape had to go to a file."""

    def __init__(self, tape: Tape) -> None:
        super().__init__()
        self._tape = tape

    def write(self, octets: Any) -> int:
        if not self._tape.received.spilled:
            return super().write(octets)
        self.truncate(0)
        return len(octets)


class _TapingPool(HTTPConnectionPool):
    """A connection pool whose connections know the tape of the request that asked for them."""

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: N802 - Twisted's name
        tape = _current_tape.get()
        connection: Deferred[Any] = super().getConnection(key, endpoint)
        if tape is None:
            return connection
        return connection.addCallback(lambda made: _TapedConnection(made, tape))


class WireHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 download handler, with the octets of each exchange on a tape.

    `contract_problem`: why it cannot tape, in which case it is Scrapy's handler and nothing else.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.contract_problem = check_contract()
        if self.contract_problem is None:
            self._install_tapes()

    def _install_tapes(self) -> None:
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        pool = _TapingPool(reactor, persistent=True)
        pool.maxPersistentPerHost = self._pool.maxPersistentPerHost
        pool._factory = _RecordingFactory
        self._pool = pool

    async def fetch(self, request: Request, tape: Tape) -> Response:
        """Scrapy's own download of a request, taped. Raises what Scrapy raises."""
        token = _current_tape.set(tape)
        try:
            return await super().download_request(request)
        finally:
            _current_tape.reset(token)
            tape.stop()


class _Listener:
    """A transport that goes nowhere, for the exchange of `check_contract`."""

    disconnecting = False

    def __init__(self) -> None:
        self.heard = bytearray()

    def write(self, octets: bytes) -> None:
        self.heard += octets

    def writeSequence(self, pieces: list[bytes]) -> None:  # noqa: N802 - Twisted's name
        self.heard += b"".join(pieces)

    def getPeer(self) -> None:  # noqa: N802 - Twisted's name
        """It has none."""

    def _pass(self) -> None:
        """Nothing to do."""

    abortConnection = loseConnection = _pass  # noqa: N815
    pauseProducing = resumeProducing = stopProducing = _pass  # noqa: N815


def check_contract() -> str | None:
    """Play one exchange through the protocol: `None` when every octet is on the tape, else why not."""
    reply = (
        b"HTTP/1.1 200 \r\nx-Odd:  \xe9\r\nTransfer-Encoding: chunked\r\n\r\n1;e=1\r\na\r\n0\r\nT: 1\r\n\r\n"
    )
    tape = Tape()
    try:
        transport = _Listener()
        protocol = RecordingProtocol()
        protocol.makeConnection(transport)
        request = TxRequest(b"GET", b"/", Headers({b"Host": [b"a"]}), None, persistent=True)
        answer = _TapedConnection(protocol, tape).request(request)
        answer.addErrback(lambda failure: None)
        protocol.dataReceived(reply)
    except (AttributeError, TypeError, ValueError) as error:
        return f"the HTTP client's inner names have changed ({error})"
    if not tape.sent or tape.sent != transport.heard or tape.received.octets() != reply:
        return "the HTTP client no longer passes its octets through the recorder"
    return None


def _describe_tls(connection: TlsConnection) -> str | None:
    """Version, cipher and certificate; `None` while the two sides have not yet agreed on them."""
    if connection.get_cipher_name() is None:
        return None
    certificate = connection.get_peer_certificate(as_cryptography=True)
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest() if certificate else "none"
    return (
        f"{connection.get_protocol_version_name()} {connection.get_cipher_name()} certificate sha256:{digest}"
    )
