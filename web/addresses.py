"""The addresses that this service answers at, and the addresses of others inside them.

    /timegate/URI                        the memento of a time, by `Accept-Datetime`
    /timemap/link/URI                    all mementos, as application/link-format
    /timemap/link/2/URI                  its second page; the address of others may have a query of its own
    /timemap/json/URI                    the same in JSON
    /memento/20260131020000/URI          a memento, to be looked at
    /memento/20260131020000id_/URI       its payload, octet for octet

The index knows an address exactly as it was captured. On its way to us it is written otherwise by browsers,
clients and proxies: `candidates` are the spellings that it may have had.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from errors import BadAddress

RAW = "id_"
_STAMP = "%Y%m%d%H%M%S"
_SHORTEST, _LONGEST = 4, 14
_FILL = "00000101000000"
"""What a time that is cut short goes on with: the beginning of it."""
_OF_A_URL = "%/:?[]@!$&'()*+,;=~-._"
_WHOLE = re.compile(r"(https?):/{1,2}(?=[^/])", re.I)
"""Some proxies make one slash of two."""
_ESCAPED = re.compile(r"https?%3a", re.I)
_NOT_OF_A_URL = re.compile(r"%(?:2[023]|3[ce]|5[ce]|60|7[bcd])", re.I)
_BEYOND_ASCII = re.compile(r"(?:%[89a-f][0-9a-f])+", re.I)
_ESCAPES = re.compile(r"(?:%[0-9a-f]{2})+", re.I)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Addresses:
    """Addresses of this service as others write them, under the address that they reach it by."""

    def __init__(self, base: str) -> None:
        """`base`: without a slash at its end."""
        self._base = base

    def timegate(self, url: str) -> str:
        return f"{self._base}/timegate/{escaped(url)}"

    def time_map(self, url: str, form: str = "link", page: int = 1) -> str:
        return f"{self._base}/timemap/{form}/{f'{page}/' if page > 1 else ''}{escaped(url)}"

    def memento(self, url: str, at: datetime, *, raw: bool = False) -> str:
        stamp = f"{at.year:04}{at.month:02}{at.day:02}{at.hour:02}{at.minute:02}{at.second:02}"
        return f"{self._base}/memento/{stamp}{RAW if raw else ''}/{escaped(url)}"


@lru_cache(maxsize=256)
def escaped(url: str) -> str:
    """A URL as it can stand in another one, in a header and between angle brackets."""
    return quote(url, _OF_A_URL, errors="replace")


def parse_stamp(text: str) -> datetime | None:
    """`20260131020000`, or the beginning of it, as the moment at which it begins."""
    if not text.isascii() or not text.isdecimal() or not _SHORTEST <= len(text) <= _LONGEST or len(text) % 2:
        return None
    try:
        return datetime.strptime(text + _FILL[len(text) :], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def candidates(asked: str) -> Iterator[str]:
    """The spellings under which an address that was asked for may have been captured, likeliest first.

    `asked`: what stands in the request, as it stands there. Raises `BadAddress` where that is none.
    """
    if not (_WHOLE.match(asked) or _ESCAPED.match(asked)):
        raise BadAddress(text=asked)
    if _ESCAPED.match(asked):
        asked = escaped(unquote(asked, errors="replace"))
    asked = _WHOLE.sub(r"\1://", asked, count=1)
    plain = _plain(asked)
    unescaped = _NOT_OF_A_URL.sub(lambda code: unquote(code[0]), plain)
    yield from dict.fromkeys(
        (
            asked,
            plain,
            _ESCAPES.sub(lambda codes: codes[0].upper(), plain),
            unescaped,
            _BEYOND_ASCII.sub(_in_characters, plain),
            _BEYOND_ASCII.sub(_in_characters, unescaped),
            f"{plain}?",  # a question mark with nothing behind it is lost before we see it
        )
    )


def target(url: str, location: bytes) -> str | None:
    """Where a redirect of a page leads; `None` where that is no other page of the web."""
    try:
        text = location.decode("utf-8")
    except UnicodeDecodeError:
        text = location.decode("latin-1")
    try:
        joined = urldefrag(urljoin(url, text.strip())).url
        parts = urlsplit(joined)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or joined == url:
        return None
    return joined


def _plain(url: str) -> str:
    """Scheme and host in lower case, without the default port, with a path."""
    scheme, _, rest = url.partition("://")
    host, path = re.split(r"(?=[/?]|$)", rest, maxsplit=1)
    scheme, host = scheme.lower(), host.lower()
    host = host.removesuffix(_DEFAULT_PORTS[scheme])
    return f"{scheme}://{host}{'' if path.startswith('/') else '/'}{path}"


def _in_characters(codes: re.Match[str]) -> str:
    try:
        return unquote(codes[0], errors="strict")
    except UnicodeDecodeError:  # octets of another encoding stay as they were sent
        return codes[0]
