"""Secrets of the operator are left out of what is archived, by one rule that has a name.

Rule `request-secrets/1`: in the head of a request, the value of each header named Authorization, Cookie or
Proxy-Authorization is replaced by `[redacted]`, its folded lines included; nothing else is changed. What a
server sends (Set-Cookie too) is its public answer to a visitor without a session, and stays as it came: a
response with a hole in it would prove nothing.
"""

from __future__ import annotations

import re

RULE = "request-secrets/1"
_SECRET = re.compile(
    rb"(?im)^(authorization|cookie|proxy-authorization)([ \t]*:[ \t]*)[^\r\n]*((?:\r?\n[ \t]+[^\r\n]*)*)"
)


def redact(request: bytes) -> tuple[bytes, str | None]:
    """The request without secrets, and the note that says which rule left out what (`None`: nothing was)."""
    end = request.find(b"\r\n\r\n")
    head, rest = (request[:end], request[end:]) if end >= 0 else (request, b"")
    names: list[str] = []

    def hide(found: re.Match[bytes]) -> bytes:
        names.append(found.group(1).decode("ascii").lower())
        return found.group(1) + found.group(2) + b"[redacted]"

    head = _SECRET.sub(hide, head)
    return (head + rest, f"{RULE}: {', '.join(sorted(set(names)))}") if names else (request, None)
