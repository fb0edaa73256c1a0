"""An archived payload on its way out, in pieces: it may be larger than memory, and its reader slow."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from storage.spool import SPOOL_BYTES, Octets
from web.inert import Headers
from web.reading import Reading

_PIECE = 1 << 18
STALLED = 60.0
"""Seconds after which a reader who takes nothing is given up: what it asked for takes room on the disk."""


class Payload(Response):
    """A reply whose body is not copied into memory."""

    def __init__(
        self, reading: Reading, octets: Octets, status: int, headers: Headers, held: AsyncExitStack
    ) -> None:
        """`held`: what is let go of once it is sent, or nobody takes it any more."""
        self._held = held
        self._reading = reading
        self._octets = octets
        self.status_code = status
        self.background = None
        self.raw_headers = [*headers, (b"Content-Length", str(len(octets)).encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._held:
            await self._send_all(scope, send)

    async def _send_all(self, scope: Scope, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        wanted = 0 if scope["method"] == "HEAD" else len(self._octets)
        for at in range(0, wanted, _PIECE):
            await self._send(send, await self._piece(at), more=at + _PIECE < wanted)
        if not wanted:
            await self._send(send, b"", more=False)

    async def _piece(self, at: int) -> bytes:
        if len(self._octets) <= SPOOL_BYTES:
            return bytes(self._octets[at : at + _PIECE])
        return await self._reading.work(lambda: bytes(self._octets[at : at + _PIECE]))

    async def _send(self, send: Send, piece: bytes, *, more: bool) -> None:
        async with asyncio.timeout(STALLED):
            await send({"type": "http.response.body", "body": piece, "more_body": more})
