"""A replica of gaj.shizuishan.gov.cn and www.wuzhong.gov.cn, for a whole night without a network.

What it promises:

- **The real addresses.** `Replica` is a proxy on loopback that answers for the two host names, plain and
  through TLS, so that a crawl takes the code path of a live one and archives the real URLs. It forwards
  nothing: an unknown host gets a 502.
- **Real figures where they are real.** Shizuishan police 2022 and Wuzhong police 2018 carry the figures of
  the published reports, all of their tables. Every other report is invented, says so on its page, and
  satisfies the relations of its form. Every sentence is our own; labels and figures are the forms' and the
  agencies'.
- **The same octets every time.** A day's pages are a function of the day. Only the `Date` header and the
  certificate, new for every replica, know the clock.
- **Three days** (`demo.days`): on day 2 one report was silently edited, one is new, one is gone, one answers
  with a challenge page; day 3 is day 2 again.
- **It never passes for the original.** Every page says in its banner and footer that it is a replica, every
  reply carries `X-Replica: nianbao-demo`.

`reports(day)` are the reports as they stand on a day, with every figure by key. `report_url` and
`attachment_url` say where one is found.
"""

from __future__ import annotations

from collections.abc import Mapping

from demo.days import EVENTS, reports_on
from demo.replica import Replica
from demo.report import Report
from demo.sites import all_sites

__all__ = ["EVENTS", "Replica", "Report", "attachment_url", "report_url", "reports"]


def reports(day: int = 1) -> Mapping[str, Report]:
    """The reports that stand on the sites on `day`, by id."""
    return reports_on(day)


def report_url(report: Report) -> str:
    """The address of the report's page."""
    site = all_sites()[report.site]
    return site.url(site.report_path(report))


def attachment_url(report: Report) -> str | None:
    """The address of the PDF, for the report that is published as one."""
    site = all_sites()[report.site]
    path = site.attachment_path(report)
    return None if path is None else site.url(path)
