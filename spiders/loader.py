"""Gives Scrapy one spider a site profile, so that `scrapy list` and `scrapy crawl <domain>` work."""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from config import settings
from spiders.annual_reports import AnnualReportsSpider
from spiders.site import SiteProfile, load_profiles


def spider_class(profile: SiteProfile) -> type[AnnualReportsSpider]:
    """The spider of one site."""
    limits: dict[str, object] = {"CLOSESPIDER_PAGECOUNT": profile.max_pages}
    if profile.delay is not None:
        limits["DOWNLOAD_DELAY"] = profile.delay
    members = {
        "name": profile.domain,
        "allowed_domains": sorted(profile.all_hosts),
        "profile": profile,
        "custom_settings": limits,
    }
    return type("AnnualReportsSpider", (AnnualReportsSpider,), members)


class SiteLoader:
    """A Scrapy spider loader over the folder of site profiles."""

    def __init__(self, profiles: dict[str, SiteProfile]) -> None:
        self._profiles = profiles

    @classmethod
    def from_settings(cls, _settings: BaseSettings) -> SiteLoader:
        return cls(load_profiles(settings().sites_dir))

    def load(self, spider_name: str) -> type[Spider]:
        if spider_name not in self._profiles:
            raise KeyError(f"Spider not found: {spider_name}")
        return spider_class(self._profiles[spider_name])

    def find_by_request(self, request: Request) -> list[str]:
        host = request.url.split("/")[2].partition(":")[0]
        return [domain for domain, profile in self._profiles.items() if host in profile.all_hosts]

    def list(self) -> list[str]:
        return [*self._profiles]
