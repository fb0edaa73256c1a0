"""Which hosts a walk may ask: the site's own, and its neighbours for what a report page shows or gives out.

Systems keep their files and pictures on a host beside the site (`file.wuzhong.gov.cn`). Pages are followed on
the site's own hosts only.
"""

from __future__ import annotations

from ipaddress import ip_address

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.utils.httpobj import urlparse_cached

_KINDS = ("ac", "com", "edu", "gov", "mil", "net", "org")
"""Second labels under a country's domain that many share."""

_BESIDE = ("attachment", "requisite")
"""Roles of what may stand beside the site."""


class StayOnSite(OffsiteMiddleware):
    """Scrapy's own, which also sees where redirects lead, with room for a site's neighbours."""

    def should_follow(self, request: Request, spider: Spider) -> bool:
        if super().should_follow(request, spider):
            return True
        purpose = request.meta.get("purpose") or {}
        if purpose.get("role") not in _BESIDE:
            return False
        domain = registered(urlparse_cached(request).hostname or "")
        hosts = getattr(spider, "allowed_domains", None) or ()
        return domain is not None and any(registered(host) == domain for host in hosts)


def registered(host: str) -> str | None:
    """The domain that somebody registered, under which a host stands: `wuzhong.gov.cn` of
    `file.wuzhong.gov.cn`; `None` of addresses in numbers and of what is no more than a public suffix."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        labels = host.lower().rstrip(".").split(".")
    else:
        return None
    # Provinces have a second label of two letters (nx.cn); where somebody has such a name himself, fewer
    # hosts count as neighbours.
    shared = len(labels) > 1 and len(labels[-1]) == 2 and (labels[-2] in _KINDS or len(labels[-2]) == 2)
    needed = 3 if shared else 2
    return ".".join(labels[-needed:]) if len(labels) >= needed else None
