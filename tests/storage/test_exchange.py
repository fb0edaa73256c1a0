"""Taking hostile replies apart, de-chunking, unpacking."""

from __future__ import annotations

import gzip
import zlib

import pytest

from storage.exchange import Reply, dechunk, decode_content, take_apart

LIMIT = 1 << 20


def packed(body: bytes, *codings: bytes) -> Reply:
    return Reply(200, "OK", tuple((b"Content-Encoding", coding) for coding in codings), body)


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def test_a_plain_reply() -> None:
    reply = take_apart(b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=x\r\nX:  a \r\n\r\nbody\r\n")
    assert (reply.status, reply.reason, reply.payload) == (200, "OK", b"body\r\n")
    assert reply.headers == ((b"Content-Type", b"Text/HTML; charset=x"), (b"X", b"a"))
    assert reply.content_type == "text/html"
    assert reply.header(b"CONTENT-TYPE") == b"Text/HTML; charset=x"
    assert reply.header(b"absent") is None


@pytest.mark.parametrize(
    ("octets", "status", "reason", "payload"),
    [
        pytest.param(b"HTTP/1.1 200 OK\nA: 1\n\nx\n\ny", 200, "OK", b"x\n\ny", id="LF only"),
        pytest.param(b"HTTP/1.1 404 Not Found\r\nA: 1\n\r\nx", 404, "Not Found", b"x", id="mixed line ends"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\nall of it", 200, "OK", b"all of it", id="1.0 without length"),
        pytest.param(b"HTTP/1.1 200 \r\n\r\nx", 200, "", b"x", id="empty reason"),
        pytest.param(b"HTTP/1.1 200\r\n\r\nx", 200, "", b"x", id="no reason, no space"),
        pytest.param(b"HTTP/1.1 412 \xb2\xfa\xe9\r\n\r\nx", 412, "²úé", b"x", id="reason outside UTF-8"),
        pytest.param(b"HTTP/1.1 200 OK\r\nA: 1", 200, "OK", b"", id="cut in the head"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", 200, "OK", b"", id="no header, no body"),
        pytest.param(
            b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
            b"HTTP/1.1 200 OK\r\n\r\nx",
            200, "OK", b"x", id="two interim replies first",
        ),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n", 100, "Continue", b"", id="an interim reply alone"),
        pytest.param(b"HTTP/1.1 101 Switching\r\n\r\n\x81\x05", 101, "Switching", b"\x81\x05", id="101"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 400", 200, "OK", b"abc",
            id="more than the length said",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 200, "OK", b"abc", id="less"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabcd", 200, "OK", b"abcd",
            id="two lengths that differ",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc", 200, "OK", b"abc", id="length -1"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nabc", 200, "OK", b"abc",
            id="endless length",
        ),
        pytest.param(b"HTTP/1.1 304 \r\nContent-Length: 9\r\n\r\n", 304, "", b"", id="304"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: Chunked\r\nContent-Length: 1"
            b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200, "OK", b"abc", id="chunked on a second line, and a length",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n3\r\nabc",
            200, "OK", b"3\r\nabc",
            id="chunked is not the last coding",
        ),
    ],
)  # fmt: skip
def test_hostile_replies(octets: bytes, status: int, reason: str, payload: bytes) -> None:
    reply = take_apart(octets)
    assert (reply.status, reply.reason, reply.payload) == (status, reason, payload)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\r\n\r\n",
        b"<html>no HTTP at all</html>",
        b"HTTP/1.1 2000 OK\r\n\r\nx",
        b"HTTP/1.1 OK\r\n\r\nx",
        b"SSH-2.0-OpenSSH_8.0\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
    ],
)
def test_what_is_not_http_is_all_payload(octets: bytes) -> None:
    assert take_apart(octets) == Reply(None, "", (), octets)


def test_folded_duplicate_and_nameless_headers() -> None:
    reply = take_apart(
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-Long: one\r\n\t two\r\nno colon here\r\nset-cookie: b=2\r\n"
        b"X-Empty:\r\nServer : \xe9\r\n\r\n"
    )
    assert reply.headers == (
        (b"Set-Cookie", b"a=1"),
        (b"X-Long", b"one two"),
        (b"set-cookie", b"b=2"),
        (b"X-Empty", b""),
        (b"Server", b"\xe9"),
    )
    assert reply.header(b"set-cookie") == b"a=1"


@pytest.mark.parametrize(
    ("body", "entity"),
    [
        (b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"3\nabc\n2\nde\n0\n\n", b"abcde"),
        (b'3;a="\xe9;"\r\nabc\r\n0\r\nT: 1\r\n\r\nnext', b"abc"),
        (b"000003  \r\nabc\r\n0\r\n", b"abc"),
        (b"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", b"01234567890123456789"),
        (b"3\r\n\r\n\x00\r\n0\r\n\r\n", b"\r\n\x00"),
        # cut: inside the data, before the line end, inside the size, with no last chunk
        (b"a\r\nabc", b"abc"),
        (b"3\r\nabc", b"abc"),
        (b"3\r\nabc\r\n1", b"abc"),
        (b"3\r\nabc\r\n", b"abc"),
        (b"", b""),
        # broken: what came before the break is kept, nothing after it is made up
        (b"-3\r\nabc\r\n", b""),
        (b"+3\r\nabc\r\n", b""),
        (b"0x3\r\nabc\r\n", b""),
        (b"1_0\r\n0123456789abcdef\r\n", b""),
        (b"3\r\nabc\r\nzz\r\nabc\r\n", b"abc"),
        (b"2\r\nabc\r\n3\r\nxyz\r\n", b"ab"),
        (b"f" * 400 + b"\r\nabc", b"abc"),
        (b"\r\n3\r\nabc\r\n", b""),
        (b"<html>not chunked</html>", b""),
    ],
)
def test_dechunk(body: bytes, entity: bytes) -> None:
    assert dechunk(body) == entity


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(packed(b"text" * 99), id="none"),
        pytest.param(packed(b"text" * 99, b"identity", b""), id="identity"),
        pytest.param(packed(gzip.compress(b"text" * 99), b" GZIP "), id="gzip"),
        pytest.param(packed(gzip.compress(b"text" * 99), b"x-gzip"), id="x-gzip"),
        pytest.param(packed(zlib.compress(b"text" * 99), b"deflate"), id="deflate with zlib header"),
        pytest.param(packed(raw_deflate(b"text" * 99), b"deflate"), id="deflate without"),
        pytest.param(
            packed(gzip.compress(b"text" * 40) + gzip.compress(b"text" * 59), b"gzip"), id="two gzip members"
        ),
        pytest.param(packed(gzip.compress(b"text" * 99) + b"\0" * 512, b"gzip"), id="zeros after gzip"),
        pytest.param(packed(gzip.compress(zlib.compress(b"text" * 99)), b"deflate, gzip"), id="a stack"),
        pytest.param(
            packed(zlib.compress(gzip.compress(b"text" * 99)), b"gzip", b"deflate"), id="a stack on two lines"
        ),
    ],
)
def test_decode_content(reply: Reply) -> None:
    assert decode_content(reply, LIMIT) == b"text" * 99


def test_a_cut_stream_gives_what_it_holds() -> None:
    body = bytes(range(256)) * 64
    whole = gzip.compress(body, compresslevel=1)
    plain = decode_content(packed(whole[:-9], b"gzip"), LIMIT)
    assert body.startswith(plain)
    assert len(plain) > 8000
    assert decode_content(packed(b"", b"gzip"), LIMIT) == b""


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (packed(b"x", b"br"), "unknown content coding 'br'"),
        (packed(b"x", b"gzip", b"\xe9"), "unknown content coding 'é'"),
        (packed(b"<html>plain</html>", b"gzip"), "not in its content coding"),
        (packed(b"<html>plain</html>", b"deflate"), "not in its content coding"),
        (packed(zlib.compress(b"x")[:-4] + b"\0\0\0\0", b"deflate"), "not in its content coding"),
        (packed(b"12345678901"), "larger than 10 bytes"),
        (packed(gzip.compress(b"12345678901"), b"gzip"), "larger than 10 bytes once unpacked"),
        (packed(gzip.compress(b"123456") * 2, b"gzip"), "larger than 10 bytes once unpacked"),
    ],
)
def test_what_cannot_be_unpacked_is_said(reply: Reply, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        decode_content(reply, 10)


def test_a_bomb_is_stopped_at_the_limit() -> None:
    bomb = gzip.compress(gzip.compress(bytes(200 << 20), compresslevel=9))
    with pytest.raises(ValueError, match="larger than 1048576 bytes once unpacked"):
        decode_content(packed(bomb, b"gzip, gzip"), LIMIT)


def test_exactly_the_limit_is_allowed() -> None:
    assert decode_content(packed(gzip.compress(bytes(10)), b"gzip"), 10) == bytes(10)
