"""Secrets of a request are left out of the archive, and the record says by which rule."""

from __future__ import annotations

import pytest

from storage.members import parse_fields
from storage.redaction import RULE, redact
from storage.segment import SegmentWriter
from tests.storage.exchanges import exchange, keep, reply
from tests.storage.readers import by_warcio
from tests.storage.test_segment import sha1

HEAD = b"GET /a HTTP/1.1\r\nHost: a.example\r\n"


@pytest.mark.parametrize(
    ("sent", "kept", "names"),
    [
        (b"Cookie: JSESSIONID=1\r\nX: 1\r\n\r\n", b"Cookie: [redacted]\r\nX: 1\r\n\r\n", "cookie"),
        (b"aUTHORIZATION:Basic dTpw\r\n\r\n", b"aUTHORIZATION:[redacted]\r\n\r\n", "authorization"),
        (
            b"Proxy-Authorization: Basic dTpw\r\nCookie: a=1;\r\n\tb=2\r\nX: 1\r\n\r\n",
            b"Proxy-Authorization: [redacted]\r\nCookie: [redacted]\r\nX: 1\r\n\r\n",
            "cookie, proxy-authorization",
        ),
        (b"Cookie: a\r\nCookie: b\r\n\r\n", b"Cookie: [redacted]\r\nCookie: [redacted]\r\n\r\n", "cookie"),
        (b"Cookie: cut in the midd", b"Cookie: [redacted]", "cookie"),
    ],
    ids=["cookie", "case", "folded", "two", "cut"],
)
def test_only_the_values_of_secrets_are_left_out(sent: bytes, kept: bytes, names: str) -> None:
    assert redact(HEAD + sent) == (HEAD + kept, f"{RULE}: {names}")


@pytest.mark.parametrize(
    "sent",
    [
        b"X-Cookie: a\r\nReferer: http://a.example/?cookie:1\r\n\r\n",
        b"Content-Length: 12\r\n\r\nCookie: body",
        b"Cookies-Are: fine\r\n\r\n",
    ],
)
def test_everything_else_stays_to_the_octet(sent: bytes) -> None:
    assert redact(HEAD + sent) == (HEAD + sent, None)


def test_the_record_says_what_was_left_out(writer: SegmentWriter) -> None:
    answer = reply(b"x").replace(b"\r\n", b"\r\nSet-Cookie: from=server\r\n", 1)
    keep(writer, exchange(answer, request=HEAD + b"Cookie: secret=1\r\n\r\n"))
    _, response, request, metadata = by_warcio(writer.path)
    assert response.block == answer, "what the server said stays as it came"
    assert request.block == HEAD + b"Cookie: [redacted]\r\n\r\n"
    assert request.headers["WARC-Block-Digest"] == sha1(request.block)
    assert parse_fields(metadata.block)["redacted"] == "request-secrets/1: cookie"
    assert b"secret=1" not in writer.path.read_bytes()
