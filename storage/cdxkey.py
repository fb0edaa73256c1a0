"""The key under which replay tools look an address up: the SURT of CDX and CDXJ files.

Every tool that reads such a file works this key out of the address that it is asked for, so it must be worked
out as they do: case, `www.`, session ids, the order of a query and a closing slash are folded away. Addresses
that differ are thrown together by it; which one a row means is told by the row's `url`. Our own index goes by
the exact address and knows no key.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NOT_A_URL = "\t\r\n"
_KEPT = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in "#%")
_WWW = re.compile(r"^www\d*\.")
_DOTS = re.compile(r"\.{2,}")
_SLASHES = re.compile(r"/{2,}")
_SESSION = "0-9a-z"
_IN_QUERY = tuple(
    re.compile(rf"(.*)(?:{id_})(?:&(.*))?", re.I | re.S)
    for id_ in (
        rf"jsessionid=[{_SESSION}]{{32}}",
        rf"phpsessid=[{_SESSION}]{{32}}",
        rf"sid=[{_SESSION}]{{32}}",
        "aspsessionid[a-z]{8}=[a-z]{24}",
        "cfid=[^&]+&cftoken=[^&]+",
    )
)
"""Session ids of PHP, Java, ASP and ColdFusion that stand in a query."""
_IN_PATH = re.compile(rf"/\((?:[a-z]\([{_SESSION}]{{24}}\))+\)(?=/[^?]+\.aspx)", re.I)
"""Of ASP.NET, in a path."""


def cdx_key(url: str) -> str:
    """`https://www.Example.cn/Zwgk/?b=2&a=1#x` gives `cn,example)/zwgk?a=1&b=2`.

    What is no address of a web page (`dns:…`, broken ones) is its own key.
    """
    try:
        parts = urlsplit(url.strip().translate({ord(char): None for char in _NOT_A_URL}))
        host, port = parts.hostname, parts.port
    except ValueError:
        return url
    if not host:
        return url
    key = _host(host)
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        key += f":{port}"
    query = _query(_escaped(parts.query))
    return f"{key}){_path(_escaped(parts.path))}" + (f"?{query}" if query else "")


@lru_cache(maxsize=1024)
def _host(host: str) -> str:
    if ":" in host:
        return host
    if host.isdigit() and int(host) < 1 << 32:
        host = str(ipaddress.IPv4Address(int(host)))
    host = _DOTS.sub(".", unquote_to_bytes(host).decode("utf-8", "replace")).strip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:  # no name of the DNS: it stays findable as it is written
            host = quote_from_bytes(host.encode())
    return ",".join(reversed(_WWW.sub("", host.lower(), count=1).split(".")))


def _path(path: str) -> str:
    steps: list[str] = []
    for step in path.removeprefix("/").split("/"):
        if step == ".." and steps:
            steps.pop()
        elif step != ".":
            steps.append(step)
    folded = _IN_PATH.sub("", _SLASHES.sub("/", "/" + "/".join(steps)).lower())
    return folded.rstrip("/") or "/"


def _query(query: str) -> str:
    for session in _IN_QUERY:
        if found := session.fullmatch(query):
            query = found[1] + (found[2] or "")
    if len(query) < 2:
        return query.lower()
    return "&".join(sorted(query.lower().split("&"), key=lambda field: field.split("=", 1)))


def _escaped(text: str) -> str:
    """Each octet in one way: unescaped as often as it can be, then escaped once."""
    octets = text.encode("utf-8", "surrogateescape")
    if b"%" in octets:
        while (plain := unquote_to_bytes(octets)) != octets:
            octets = plain
    elif text.isascii() and " " not in text:
        return text
    return quote_from_bytes(octets, _KEPT)
