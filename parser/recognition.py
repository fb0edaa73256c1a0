"""Whether a document is an annual report at all, and if not, what else it seems to be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parser.document import Document
from parser.forms import Filled
from parser.titles import Title

_SUBJECT = re.compile(r"政府信息公开|政务公开|信息公开|警务公开")
_CHAPTERS = (
    "主动公开",
    "依申请公开",
    "复议",
    "诉讼",
    "总体情况",
    "概述",
    "存在的",
    "改进",
    "收费",
    "申请情况",
)
_REPORT_NAME = re.compile(r"(?:年度报告|年报)$")
_FEWEST_CHAPTERS = 3
_SHORTEST_PROSE = 300
_LISTED = 5
_FEWEST_FIGURES = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is empty when the document is a report."""

    reason: str = ""
    attachments: tuple[str, ...] = ()


def judge(document: Document, filled: Filled, title: Title | None, lines: list[str]) -> Verdict:
    """Tables of a form make a report of a text on openness; without tables its title and chapters must."""
    prose = filled.evidence.prose
    about = title is not None or _SUBJECT.search(prose) is not None
    numbers = sum(figure.value is not None for figure in filled.figures)
    tables = bool(filled.figures) or (title is not None and bool(filled.evidence.kinds))
    if tables and about and (numbers >= _FEWEST_FIGURES or title is not None):
        return Verdict()
    links = tuple(link.href for link in document.links)
    length = sum(len(line) for line in lines)
    chapters = sum(word in prose for word in _CHAPTERS)
    if (
        title is not None
        and chapters >= _FEWEST_CHAPTERS
        and length >= _SHORTEST_PROSE
        and not _is_list(lines)
    ):
        return Verdict()
    if links and (title is not None or length < _SHORTEST_PROSE or about):
        return Verdict("The page holds no report itself; it links to a document that may.", links)
    if _is_list(lines):
        return Verdict("The page lists annual reports and is none itself.", links)
    if not re.search(r"[\u4e00-\u9fff]", prose) and not filled.figures:
        return Verdict("The text is not Chinese.", links)
    if title is not None:
        return Verdict("The title is that of an annual report, but tables and chapters are missing.", links)
    return Verdict("Neither a table of a national form nor the title of an annual report was found.", links)


def _is_list(lines: list[str]) -> bool:
    """Whether the page is a list of reports: many lines that are report titles."""
    return sum(_REPORT_NAME.search(line.strip()) is not None for line in lines) >= _LISTED
