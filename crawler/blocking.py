"""Recognises challenge and block pages, which are recorded as what they are and never worked around.

A site that answers with one has not shown its page; taking the answer for the page would be a false record,
and taking it for an absence would be another. Signs are of the products met on government sites.
"""

from __future__ import annotations

import re

from storage.exchange import Reply, decode_content

_LOOK_BYTES = 64 * 1024

# A page of a WAF is short, has no article, and carries one of these.
_SIGNS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("jsl-clearance", re.compile(rb"__jsl_clearance")),
    (
        "script-challenge",
        re.compile(rb"\$_ts\b|_\$[a-zA-Z0-9]{2}\s*=|<meta[^>]+id=[\"']?9DhefwqGPrzGxEp9hPaoag"),
    ),
    ("geo-block", re.compile(rb"GeoBL", re.I)),
    (
        "waf-page",
        re.compile(rb"(?i)web application firewall|anyu\.qq\.com|safedog|yunsuo|waf/?block|cdn-cgi/"),
    ),
    (
        "waf-page",
        re.compile("安全防护|网站防火墙|访问被拦截|请求被拦截|访问过于频繁|非法访问|拒绝访问".encode()),
    ),
    (
        "waf-page",
        re.compile("安全防护|网站防火墙|访问被拦截|请求被拦截|访问过于频繁|非法访问".encode("gb18030")),
    ),
)
_BLOCK_STATUS = {412: "script-challenge", 521: "jsl-clearance", 493: "refused", 468: "refused"}
_SUSPICIOUS_STATUS = frozenset({202, 400, 403, 405, 406, 418, 429, 501, 503})
_SHORT = 6000


def recognise(reply: Reply) -> str | None:
    """The kind of block page that this reply is, or `None` for an ordinary one.

    A status alone is enough only where nothing else uses it; otherwise the text must carry a sign, and with
    status 200 it must also be too short to be an article.
    """
    if reply.status is None or reply.status in (301, 302, 303, 304, 307, 308, 404, 410):
        return None
    if reply.status in _BLOCK_STATUS:
        return _BLOCK_STATUS[reply.status]
    try:
        text = decode_content(reply, 4 * 1024 * 1024)
    except ValueError:
        return None
    short = len(text) < _SHORT
    if not short and reply.status not in _SUSPICIOUS_STATUS:
        return None
    if (reply.content_type or "text/html") not in ("text/html", "application/xhtml+xml", "text/plain"):
        return None
    return next((kind for kind, sign in _SIGNS if sign.search(text[:_LOOK_BYTES])), None)
