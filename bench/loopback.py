"""A server of report pages on loopback, in a process of its own: what it costs is not counted.

It listens on several loopback addresses, each of which is a host to a crawler, since a polite crawler asks
each host for one page at a time. Every page is a made report that no other page equals.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

HOSTS = [f"127.0.0.{number}" for number in range(1, 9)]
KINDS = 40
SEED = 5


@contextmanager
def serving() -> Iterator[int]:
    """The port of a server that runs while the block does."""
    command = [sys.executable, "-m", "bench.loopback"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def addresses(port: int, pages: int) -> list[str]:
    """The pages to fetch; one after the other on different hosts."""
    return [f"http://{HOSTS[page % len(HOSTS)]}:{port}/xxgk/t{page}.html" for page in range(pages)]


def _pages() -> list[bytes]:
    from bench.truthset.documents import document  # noqa: PLC0415 - only the server needs it

    return [document(SEED, number, form="2021", ending="html").payload for number in range(KINDS)]


async def _serve(pages: list[bytes]) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1]
                if path == b"/robots.txt":
                    status, body = b"404 Not Found", b"no rules"
                else:
                    digits = path.rpartition(b"/t")[2].removesuffix(b".html")
                    status, body = b"200 OK", pages[int(digits) % KINDS] + b"<!-- %s -->" % digits
                writer.write(
                    b"HTTP/1.1 %s\r\nServer: loopback\r\nContent-Type: text/html; charset=utf-8\r\n"
                    b"Content-Length: %d\r\n\r\n%s" % (status, len(body), body)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    with socket.socket() as free:
        free.bind((HOSTS[0], 0))
        port = free.getsockname()[1]
    server = await asyncio.start_server(answer, HOSTS, port)
    print(port, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    argparse.ArgumentParser(description="Serve report pages on loopback until killed.").parse_args()
    asyncio.run(_serve(_pages()))
