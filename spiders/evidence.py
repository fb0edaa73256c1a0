"""What the words of a page or a link are evidence of.

Nothing here knows a site: reports are called by a handful of names everywhere, and the columns that lead to
them too (domain names of 国办公开办函〔2019〕61号 and what sites call them in practice).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from spiders.page import Link, Page

_OPENNESS = r"(?:政府信息公开|政务信息公开|政务公开|信息公开)"
_YEAR = r"(?:20\d\d|二[〇○零O0]?[〇○零O0一二]?[〇○零一二三四五六七八九十])"

REPORT_WORDS = re.compile(
    rf"{_OPENNESS}(?:工作)?(?:情况)?(?:的)?(?:{_YEAR})?\s*(?:年度?)?(?:的)?(?:工作)?(?:情况)?(?:年度?)?(?:报告|年报)"
)
"""A title of a report: 政府信息公开工作年度报告, 政务公开年度报告, 信息公开年报 …"""

COLUMN_WORDS = re.compile(
    rf"^(?:{_OPENNESS})?(?:工作)?(?:公开)?(?:年度?报告?|年报|年度工作报告)(?:专栏|栏目|列表)?$|^.{{0,12}}{_OPENNESS}.{{0,4}}(?:年报|年度报告)$"
)
"""A name of the column: 政府信息公开年报, 信息公开年报, 公开年报, 年度报告, 年报 …"""

WAY_WORDS = re.compile(
    r"政务公开|政府信息公开|政务信息公开|信息公开|法定主动公开|主动公开|公开目录|公开平台|公开专栏|部门公开|部门信息|市直部门|政府部门|公开内容"
)
"""Names of what stands above the column."""

OTHER_REPORTS = re.compile(
    r"法治政府|依法行政|预算|决算|财政|统计年报|统计公报|工会|党建|质量|社会责任|审计|绩效|环境|内部控制|网站(?:工作|监管)|"
    r"政府网站|解读|图解|指南|制度|通知|模板|格式|建议|提案|工作要点|培训|会议"
)
"""Words of documents that are not these reports, though they may share a word with them."""

BODY_SIGNS = (
    "本年制发件数", "本年新制作数量", "统计指标", "主动公开政府信息", "收到和处理政府信息公开申请",
    "依申请公开",     "行政复议", "存在的主要问题", "总体情况", "概述", "收费", "指标名称",
)  # fmt: skip

ATTACHMENT_ENDINGS = (
    ".pdf", ".doc", ".docx", ".wps", ".xls", ".xlsx", ".et", ".ofd", ".rtf", ".odt", ".txt",
    ".zip", ".rar", ".7z",
)  # fmt: skip

MAX_NAME = 24
"""A column's name is short; a headline that mentions openness is not a way to the column."""

Kind = Literal["report", "attachment", "listing", "way", "none"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What something is taken for, how sure (0 to 100), and the evidence in words."""

    kind: Kind
    score: int
    evidence: tuple[str, ...] = ()


def is_attachment(url: str) -> bool:
    """Whether the address names a file of a document format."""
    return urlsplit(url).path.lower().endswith(ATTACHMENT_ENDINGS)


def is_report_title(text: str) -> bool:
    """Whether these words are the title of an annual report on openness."""
    compact = re.sub(r"\s+", "", text)
    match = REPORT_WORDS.search(compact)
    if match is None:
        return False
    rest = compact[: match.start()] + compact[match.end() :]
    return not OTHER_REPORTS.search(rest)


def judge_link(link: Link, *, in_column: bool, extra: tuple[str, ...]) -> Judgement:
    """What a link leads to, by its words. `extra`: further words of this site that lead to the column.

    `in_column`: the link stands on a page that is known to be the column, where a title may be short.
    """
    text = re.sub(r"\s+", "", link.text)
    dated = re.search(_YEAR, text) is not None
    if is_report_title(text) and (dated or in_column or len(text) > MAX_NAME):
        kind: Kind = "attachment" if is_attachment(link.url) else "report"
        return Judgement(kind, 90, (f"link «{link.text}» is a report's title",))
    if in_column and dated and re.search(r"年报|年度报告|工作报告", text) and not OTHER_REPORTS.search(text):
        kind = "attachment" if is_attachment(link.url) else "report"
        return Judgement(kind, 70, (f"link «{link.text}» in the column of annual reports",))
    if len(text) > MAX_NAME or is_attachment(link.url):
        return Judgement("none", 0)
    if COLUMN_WORDS.search(text) and not OTHER_REPORTS.search(text):
        sure = 80 if re.search(_OPENNESS, text) else 55
        return Judgement("listing", sure, (f"link «{link.text}» names the column",))
    if in_column and re.fullmatch(rf"{_YEAR}年?度?", text):
        return Judgement("listing", 60, (f"link «{link.text}» is a year of the column",))
    if WAY_WORDS.search(text) and not dated:
        return Judgement("way", 40, (f"link «{link.text}» leads towards the column",))
    word = next((word for word in extra if word in text), None)
    if word is not None and not dated:
        return Judgement("way", 20, (f"link «{link.text}» has the site's word {word}",))
    return Judgement("none", 0)


def judge_page(page: Page) -> Judgement:
    """What a page is, by its tags, its breadcrumb, its title and its text."""
    evidence: list[str] = []
    column = page.tags.get("columnname", "")
    in_column = bool(COLUMN_WORDS.search(column)) or any(
        COLUMN_WORDS.search(crumb) and not OTHER_REPORTS.search(crumb) for crumb in page.crumbs
    )
    if in_column:
        evidence.append(f"its column is «{column or page.crumbs[-1]}»")
    article = "articletitle" in page.tags
    signs = [sign for sign in BODY_SIGNS if sign in page.text]
    titled = is_report_title(page.title)
    if titled:
        evidence.append(f"its title is «{page.title}»")
    if len(signs) >= 3:
        evidence.append(f"its text speaks of {'、'.join(signs[:4])}")
    if titled and (len(signs) >= 3 or article):
        return Judgement("report", 95 if len(signs) >= 3 else 75, tuple(evidence))
    if in_column and not article:
        return Judgement("listing", 80, tuple(evidence))
    titles = sum(is_report_title(link.text) for link in page.links)
    if titles >= 3:
        return Judgement("listing", 60, (*evidence, f"{titles} of its links are titles of reports"))
    if len(signs) >= 5 and in_column:
        return Judgement("report", 60, tuple(evidence))
    return Judgement("none", 0, tuple(evidence))
