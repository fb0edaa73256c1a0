"""Which hosts a walk may ask: the site's own, and its neighbours for what a report page shows or gives out.

Systems keep their files and pictures on a host beside the site (`file.wuzhong.gov.cn`). Pages are followed on
the site's own hosts only.
"""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.utils.httpobj import urlparse_cached

from spiders.neighbours import registered

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
