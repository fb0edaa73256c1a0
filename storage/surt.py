"""The lookup key of a URL, in Sort-friendly URI Reordering Transform.

Only a key: the identity of a capture is its exact URL, so nothing is folded here but the scheme, the case of
the host, the default port and the fragment.
"""

from __future__ import annotations

from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def surt(url: str) -> str:
    """`http://Gaj.Shizuishan.gov.cn:80/Zwgk/?a=1#x` gives `cn,gov,shizuishan,gaj)/Zwgk/?a=1`."""
    parts = urlsplit(url)
    host = ",".join(reversed((parts.hostname or "").split(".")))
    try:
        port = parts.port
    except ValueError:  # a port that is no number: the URL stays findable by its host
        port = None
    if port is not None and port != DEFAULT_PORTS.get(parts.scheme):
        host += f":{port}"
    return f"{host}){parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
