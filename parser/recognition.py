"""Whether a document is an annual report at all, and if not, what else it seems to be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parser.document import Document, Heading
from parser.folding import fold
from parser.forms import Filled
from parser.forms.regions import PROACTIVE, REQUESTS, REVIEW
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
_HEADING = re.compile(
    r"^(?:第?[一二三四五六七八九十]{1,3}(?:[、.,章]|部分)|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[、.])"
)
_ENDING = re.compile(r"(?:情况|概述|问题|措施|改进|减免|说明|打算|建议)[:：]?$")
_LONGEST_HEADING = 45
_FEWEST_CHAPTERS = 3
_SHORTEST_PROSE = 300
_LISTED = 5
_FORM_ROWS = {REQUESTS: 5, PROACTIVE: 4, REVIEW: 10, "statistics": 5}
"""Rows with numbers (of section 四: numbers) from which a table cannot be anything but the form's."""
_SPEAKING = {REQUESTS, "statistics"}
"""Tables whose labels speak of 政府信息公开 themselves; the others could stand in another report."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is empty when the document is a report."""

    reason: str = ""
    attachments: tuple[str, ...] = ()


def judge(
    document: Document, filled: Filled, title: Title | None, lines: list[str], other: str | None
) -> Verdict:
    """Tables of a form make a report of a text on openness; a few rows of them need its title as well, and
    without tables its title and chapters must tell. `other` is the page's title when that speaks of another
    kind of document: then only whole tables count."""
    prose = filled.evidence.prose
    named = title is not None and not title.bare
    whole = _whole_tables(filled)
    # Some tables name the subject in their own rows, whatever stands around them.
    if whole and (named or whole & _SPEAKING or _SUBJECT.search(prose)):
        return Verdict()
    if other is None and named and (filled.figures or filled.evidence.kinds):
        return Verdict()
    links = tuple(link.href for link in document.links)
    length = sum(len(line) for line in lines)
    told = title is not None and _chapters(document, lines) >= _FEWEST_CHAPTERS and length >= _SHORTEST_PROSE
    if other is None and told and not _is_list(lines):
        return Verdict()
    if links and (title is not None or length < _SHORTEST_PROSE or _SUBJECT.search(prose)):
        return Verdict("The page holds no report itself; it links to a document that may.", links)
    if _is_list(lines):
        return Verdict("The page lists annual reports and is none itself.", links)
    if other is not None:
        return Verdict(f"The page is titled “{other}”, which is no annual report.", links)
    if not re.search(r"[\u4e00-\u9fff]", prose) and not filled.figures:
        return Verdict("The text is not Chinese.", links)
    if named:
        return Verdict("The title is that of an annual report, but tables and chapters are missing.", links)
    return Verdict("Neither a table of a national form nor the title of an annual report was found.", links)


def _whole_tables(filled: Filled) -> set[str]:
    """The tables of which enough was read that nothing but the form can print it."""
    rows: dict[str, set[str]] = {}
    for figure in filled.figures:
        if figure.value is not None:
            table, _, rest = figure.key.partition(".")
            row = rest if table == REVIEW else rest.rpartition(".")[0] or rest
            rows.setdefault(table, set()).add(row)
    return {table for table, found in rows.items() if len(found) >= _FORM_ROWS[table]}


def _chapters(document: Document, lines: list[str]) -> int:
    """How many of a report's chapters have a heading: marked as one, numbered, or a short line that ends like
    one. A sentence that names them all (a notice on how to write reports) counts for nothing."""
    marked = [fold(block.text) for block in document.blocks if isinstance(block, Heading)]
    folded = [fold(line) for line in lines]
    heads = [line[:_LONGEST_HEADING] for line in folded if _HEADING.match(line)]
    heads += [line for line in folded if len(line) <= _LONGEST_HEADING and _ENDING.search(line)]
    text = "\n".join((*(line for line in marked if len(line) <= _LONGEST_HEADING), *heads))
    return sum(word in text for word in _CHAPTERS)


def _is_list(lines: list[str]) -> bool:
    """Whether the page is a list of reports: many lines that are report titles."""
    return sum(_REPORT_NAME.search(line.strip()) is not None for line in lines) >= _LISTED
