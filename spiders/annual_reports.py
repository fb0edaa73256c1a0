"""The spider: from a site's entry pages to its annual reports, by what pages and links say of themselves.

    entry ──► way ──► listing ──► report page ──► attachment
     (home)   (政务公开 …) (年报)     │
                                  └──► requisites (style sheets, images)

Every request carries its purpose: its role, the reason for which it was followed, the page before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from parser.readers import BUNDLES, READERS, detect
from spiders.evidence import Judgement, judge_link, judge_page, report_title
from spiders.families import generic, trs
from spiders.files import File, files_of, is_attachment
from spiders.finds import ReportFound
from spiders.page import Page, style_requisites
from spiders.site import SiteProfile

FAMILIES: dict[str, Callable[[Page], Iterator[tuple[str, str]]]] = {
    "trs": trs.more_pages,
    "generic": generic.more_pages,
}
PRIORITY = {"attachment": 50, "report": 40, "listing": 30, "entry": 20, "way": 10, "requisite": 0}
MOST_REQUISITES = 100
_DOCUMENTS = {*READERS, *BUNDLES} - {"html", "text", "csv"}


@dataclass(slots=True)
class _Asked:
    """An address that was asked for as a report or a file of one: where it stood in the end and its capture,
    once there is one; and who else wants it, as (report's address, title, evidence), since nothing is asked
    for twice."""

    source_url: str = ""
    capture: int | None = None
    waiting: list[tuple[str, str, str]] = field(default_factory=list)


class AnnualReportsSpider(Spider):
    """One site. `spiders.loader` makes a subclass a profile, with its name, hosts and profile filled in."""

    profile: ClassVar[SiteProfile]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked: dict[str, _Asked] = {}

    async def start(self) -> AsyncIterator[Request]:
        for url in self.profile.columns:
            yield self._request(url, "listing", "a known column of the profile", None, 0)
        for url in self.profile.entry:
            yield self._request(url, "entry", "an entry page of the profile", None, 0)

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request | ReportFound]:
        """Takes any reply to what this spider asked for. Block pages say nothing of the site and end here."""
        role = response.meta["purpose"]["role"]
        if response.meta.get("blocked"):
            return
        if role == "requisite":
            if "css" in _media_type(response):
                yield from self._style(response)
            return
        if response.meta.get("report_url") is not None:
            # A page may stand where only a download was spoken of; it counts where it says to be the report.
            if (
                response.meta["certain"]
                or not _is_html(response)
                or judge_page(Page(response.url, response.body)).kind == "report"
            ):
                yield from self._attachment(response)
            return
        if is_attachment(response.url) or not _is_html(response):
            # A way may end at a picture or a feed; only what was said to be a report is taken for one.
            if role in ("report", "attachment"):
                yield from self._attachment(response)
            return
        page = Page(response.url, response.body)
        judgement = judge_page(page)
        if judgement.kind == "report" or (role == "report" and judgement.kind == "none"):
            yield from self._report_page(page, response, judgement)
            return
        in_column = judgement.kind == "listing" or role == "listing"
        yield from self._look_around(page, response, in_column=in_column)

    def _look_around(self, page: Page, response: Response, *, in_column: bool) -> Iterator[Request]:
        steps = response.meta.get("steps", 0)
        if in_column:
            for url, reason in FAMILIES[self.profile.family](page):
                yield self._request(url, "listing", reason, page.url, steps)
        words = (*self.profile.follow, *(publisher.agency[-3:] for publisher in self.profile.publishers))
        for link in page.links:
            judgement = judge_link(link, in_column=in_column, extra=words)
            if judgement.kind == "none" or (judgement.kind == "way" and steps >= self.profile.depth):
                continue
            reason = f"{judgement.evidence[0]}, on a page with role {response.meta['purpose']['role']}"
            title = None
            if judgement.kind in ("report", "attachment"):
                title = link.text
                self._asked.setdefault(link.url, _Asked())
            yield self._request(link.url, judgement.kind, reason, page.url, steps + 1, title=title)
        for url in page.frames:
            if steps < self.profile.depth and not is_attachment(url):
                yield self._request(
                    url, "listing" if in_column else "way", "a frame of the page", page.url, steps + 1
                )

    def _report_page(
        self, page: Page, response: Response, judgement: Judgement
    ) -> Iterator[Request | ReportFound]:
        title = report_title(page) or response.meta.get("title") or page.title
        evidence = judgement.evidence or (response.meta["purpose"]["followed"],)
        yield ReportFound(page.url, page.url, response.meta["capture"], "page", title, evidence)
        for url in page.requisites[:MOST_REQUISITES]:
            yield self._request(url, "requisite", "the report page shows it", page.url, 0)
        for file in files_of(page):
            yield from self._file(file, page.url, title)

    def _file(self, file: File, report_url: str, title: str) -> Iterator[Request | ReportFound]:
        """A file of a report page: asked for, unless another page had it asked for."""
        reason = f"file «{file.words}» of the report page"
        asked = self._asked.get(file.url)
        if asked is None:
            self._asked[file.url] = _Asked()
            request = self._request(
                file.url, "attachment", reason, report_url, 0, title=title, report_url=report_url
            )
            request.meta["certain"] = file.certain
            yield request
        elif asked.capture is not None:
            yield ReportFound(report_url, asked.source_url, asked.capture, "attachment", title, (reason,))
        else:
            asked.waiting.append((report_url, title, reason))

    def _attachment(self, response: Response) -> Iterator[ReportFound]:
        yield from self._found(response.meta, response.url)

    def _found(self, meta: dict[str, Any], url: str) -> Iterator[ReportFound]:
        """A file that stands at `url`, for all who want it."""
        title = meta.get("title") or urlsplit(url).path.rpartition("/")[2]
        reason = meta["purpose"]["followed"]
        yield ReportFound(meta.get("report_url") or url, url, meta["capture"], "attachment", title, (reason,))
        asked = self._asked.setdefault(meta.get("requested") or url, _Asked())
        asked.source_url, asked.capture = url, meta["capture"]
        for report_url, name, why in asked.waiting:
            yield ReportFound(report_url, url, asked.capture, "attachment", name, (why,))
        asked.waiting.clear()

    def _not_given_out(self, failure: Failure) -> Failure | list[ReportFound]:
        """Takes what was archived and then dropped, since it unpacks to more than is taken: the parser, which
        has limits of its own, gives it its state. Every other failure goes on."""
        request = getattr(failure, "request", None)
        if type(failure.value) is not IgnoreRequest or request is None or "capture" not in request.meta:
            return failure
        return list(self._found(request.meta, request.url))

    def _style(self, response: Response) -> Iterator[Request]:
        for url in style_requisites(response.url, response.body)[:MOST_REQUISITES]:
            yield self._request(url, "requisite", "the style sheet needs it", response.url, 0)

    def _request(
        self,
        url: str,
        role: str,
        followed: str,
        referrer: str | None,
        steps: int,
        *,
        title: str | None = None,
        report_url: str | None = None,
    ) -> Request:
        purpose = {"role": role, "followed": followed, "referrer": referrer}
        meta = {
            "purpose": purpose,
            "steps": steps,
            "title": title,
            "report_url": report_url,
            "requested": url,
        }
        priority = PRIORITY[role] - min(steps, 9)
        dropped = self._not_given_out if role in ("report", "attachment") else None
        return Request(url, meta=meta, priority=priority, errback=dropped)


def _is_html(response: Response) -> bool:
    """By content first: files are sent as `text/html` too, and the media types of office files say `xml`."""
    content = detect(response.body) if response.body else ""
    if content == "html" or content in _DOCUMENTS:
        return content == "html"
    kind = _media_type(response)
    return "html" in kind or kind.split(";")[0].strip().endswith("xml")


def _media_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1").lower()
