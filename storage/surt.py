"""The lookup key of a URL, in Sort-friendly URI Reordering Transform.

Only a key: the identity of a capture is its exact URL, so nothing is folded here but the scheme, the case of
the host, the default port and the fragment.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"[0-9.]+|.*:.*")
"""An IPv4 or IPv6 address: its order is already from the general to the particular."""

DEFAULT_PORTS = {"http": 80, "https": 443}


def surt(url: str) -> str:
    """`http://Gaj.Shizuishan.gov.cn:80/Zwgk/?a=1#x` gives `cn,gov,shizuishan,gaj)/Zwgk/?a=1`."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no address: nothing to turn round
        return url
    host = (parts.hostname or "").rstrip(".")
    if not _ADDRESS.fullmatch(host):
        host = ",".join(reversed(host.split(".")))
    try:
        port = parts.port
    except ValueError:  # a port that is no number: the URL stays findable by its host
        port = None
    if port is not None and port != DEFAULT_PORTS.get(parts.scheme):
        host += f":{port}"
    return f"{host}){parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
