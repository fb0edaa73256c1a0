"""Recognises challenge and block pages, which are recorded as what they are and never worked around.

A site that answers with one has not shown its page; taking the answer for the page would be a false record,
and taking it for an absence would be another. Signs are of the products met on government sites.
"""

from __future__ import annotations

import re

from storage.exchange import Reply, decode_content

_LOOK_BYTES = 64 * 1024
_MOST_BYTES = 4 * 1024 * 1024

_SCRIPTS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("jsl-clearance", re.compile(rb"__jsl_clearance")),
    (
        "script-challenge",
        re.compile(rb"\$_ts\b|_\$[a-zA-Z0-9]{2}\s*=|<meta[^>]+id=[\"']?9DhefwqGPrzGxEp9"),
    ),
    ("geo-block", re.compile(rb"GeoBL")),
)
"""Scripts and marks that only a challenge carries."""

_WORDS = (
    "安全防护|网站防火墙|访问被拦截|请求被拦截|访问过于频繁|访问频率过高|非法访问|拒绝访问|拦截提示|安全验证"
)
_SENTENCES = tuple(
    re.compile(pattern)
    for pattern in (
        rb"(?i)web application firewall|anyu\.qq\.com|safedog|yunsuo|waf[_/-]?block|cdn-cgi/",
        _WORDS.encode(),
        _WORDS.encode("gb18030"),
    )
)
"""What a page of a WAF says. Articles may say it too, so the page must also be next to empty."""

_BLOCK_STATUS = {412: "script-challenge", 521: "jsl-clearance", 493: "refused", 468: "refused"}
_SUSPICIOUS_STATUS = frozenset({202, 400, 403, 405, 406, 418, 429, 501, 503})
_SHORT = 6000
_FEW_WORDS = 1200
"""Bytes of text, tags and scripts left out: about 400 Chinese characters."""
_FEW_LINKS = 8
_NOT_TEXT = re.compile(rb"(?is)<(script|style|noscript)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>|\s+")


def recognise(reply: Reply) -> str | None:
    """The kind of block page that this reply is, or `None` for an ordinary one.

    A status alone is enough only where nothing else uses it; otherwise the page must carry a sign. A page
    with status 200 must also be too short to be an article, and one that is known by its words must hold
    little else.
    """
    if reply.status is None or reply.status in (301, 302, 303, 304, 307, 308, 404, 410):
        return None
    if reply.status in _BLOCK_STATUS:
        return _BLOCK_STATUS[reply.status]
    if (reply.content_type or "text/html") not in ("text/html", "application/xhtml+xml", "text/plain"):
        return None
    # What has more than the limit raises too, so that an article is not unpacked to its end.
    limit = _MOST_BYTES if reply.status in _SUSPICIOUS_STATUS else _SHORT - 1
    try:
        text = decode_content(reply, limit)
    except ValueError:
        return None
    text = text[:_LOOK_BYTES]
    script = next((kind for kind, sign in _SCRIPTS if sign.search(text)), None)
    if script is not None:
        return script
    told = any(sign.search(text) for sign in _SENTENCES)
    return "waf-page" if told and _is_bare(text) else None


def _is_bare(text: bytes) -> bool:
    words = _NOT_TEXT.sub(b"", text)
    return len(words) < _FEW_WORDS and text.lower().count(b"<a ") < _FEW_LINKS
