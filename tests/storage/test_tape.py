"""Records as the checker reads them: which digests are taken for right."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
from itertools import count

import pytest

from storage.tape import Tape, records

BLOCK = next(
    block for block in (b"number %d" % number for number in count())
    if hashlib.sha1(block, usedforsecurity=False).digest() < b"\x08"
)  # fmt: skip
"""Its digest begins with the letter A, which counts nothing as a digit."""
SHA1 = base64.b32encode(hashlib.sha1(BLOCK, usedforsecurity=False).digest()).decode()
HEX = hashlib.sha1(BLOCK, usedforsecurity=False).hexdigest()
SHA256 = hashlib.sha256(BLOCK).digest()


def problems(digest: str) -> list[str]:
    head = (
        "WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-11-22T04:00:00Z"
        f"\r\nWARC-Block-Digest: {digest}\r\nContent-Length: {len(BLOCK)}\r\n\r\n"
    )
    member = gzip.compress(head.encode() + BLOCK + b"\r\n\r\n")
    (record,) = records(Tape(io.BytesIO(member), lambda _: None))
    return [kind for kind, _ in record.damages]


@pytest.mark.parametrize(
    "digest",
    [
        f"sha1:{SHA1}",
        f"sha1:{SHA1.lower()}",
        f"SHA-1:{SHA1}",
        f"sha1:{HEX}",
        f"sha256:{SHA256.hex()}",
        f"sha256:{base64.b32encode(SHA256).decode().rstrip('=')}",
        "xxh3:of-no-known-kind",
    ],
)
def test_a_right_digest(digest: str) -> None:
    assert problems(digest) == []


@pytest.mark.parametrize(
    "letters",
    [
        SHA1[:-1] + ("A" if SHA1[-1] != "A" else "B"),
        SHA1[1:],
        f"A{SHA1}",
        f"+{SHA1[1:]}",
        f" {SHA1[1:]}",
        f"0{SHA1[1:]}",
        f"a{SHA1[2:]}",
        "",
        "é" * 32,
    ],
)
def test_a_wrong_digest(letters: str) -> None:
    assert problems(f"sha1:{letters}") == ["block"]
