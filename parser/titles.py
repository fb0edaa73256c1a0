"""The title of a report, and what it says: agency and year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parser.dates import arabic
from parser.document import Document, Heading, Paragraph
from parser.folding import fold
from parser.names import is_name

_SUBJECT = (
    r"(?:政府信息公开和政务公开|政务公开和政府信息公开|政府信息公开暨政务公开|政府信息与政务公开|政府信息主动公开"
    r"|政府信息公开|政务信息公开|政务公开|警务公开|信息公开)"
)
_CORE = re.compile(
    rf"{_SUBJECT}(?:工作)?(?:情况)?的?(?:20\d\d年?)?(?:年度|度)?(?:工作|总结|情况)*的?(?:年度报告|年报|报告|年度总结|总结)(?:\(.{{1,12}}\))?$"
)
_YEAR = re.compile(r"((?:19|20)\d{2})(?:年度|年|-)?")
_NOT_A_TITLE = re.compile(r"[。；！？]|根据|现发布|现予|现将|编制|如下|[:：].|关于印发|解读|图解|>")
_SITE_PART = re.compile(r"[_|｜]|\s[-–—]+\s|--+|-(?=[^-]*(?:网|政府|局|频道|年报)$)")
_AROUND = re.compile(r"^(?:\([^()]{1,10}\))+|\.(?:pdf|docx?|wps|html?)$", re.IGNORECASE)
_LONGEST = 70
_LOOK_AT = 60
_PIECES = 4


@dataclass(frozen=True, slots=True)
class Title:
    """A title: as printed (blanks between characters of different lines taken out), who, which year. `agency`
    and `year` are `None` where the title does not say."""

    text: str
    agency: str | None
    year: int | None


def is_title(folded: str) -> bool:
    """Whether a folded line can be the title of a report."""
    return len(folded) <= _LONGEST and _CORE.search(folded) is not None and not _NOT_A_TITLE.search(folded)


def find_title(document: Document, lines: Sequence[str]) -> Title | None:
    """The report's own title: the one printed above the text, else the page tag, else the window title."""
    best: tuple[int, Title] | None = None
    for text in _candidates(lines):
        title = take_apart(text)
        if title is None:
            continue
        rank = 2 * (title.agency is not None) + (title.year is not None)
        if best is None or rank > best[0]:
            best = rank, title
    tagged = [title for text in _tagged(document) if (title := take_apart(text)) is not None]
    if best is not None:
        if best[0] < 2 and tagged and tagged[0].agency and tagged[0].year in (best[1].year, None):
            return tagged[0]
        return best[1]
    return tagged[0] if tagged else None


def take_apart(text: str) -> Title | None:
    """Agency and year of a title, or `None` when it is not the title of an annual report."""
    folded = arabic(fold(text))
    folded = _AROUND.sub("", folded.strip("《》<>·,"))
    if not is_title(folded):
        return None
    core = _CORE.search(folded)
    assert core is not None
    head = folded[: core.start()]
    year = _YEAR.search(head) or _YEAR.search(folded)
    if year and year.start() < core.start():
        agency = _name(head[: year.start()]) or _name(head[year.end() :])
    else:
        agency = _name(head)
    return Title(tidy(text), agency, int(year.group(1)) if year else None)


def tidy(text: str) -> str:
    """A title on one line: line breaks gone, other blanks as they are."""
    return re.sub(r"[ \t\u3000\xa0]+", " ", re.sub(r"\s*\n\s*", "", text)).strip(" 《》")


def _name(text: str) -> str | None:
    text = re.sub(r"\((?:本级|公章|盖章|机关|汇总)\)$", "", text.strip("《》<>[]|·,:")).strip("()")
    text = re.sub(r"^(?:关于|附件\d?[:、]?|\d+[、.]|年度|年)+|(?:关于|年度|年|的|,|、)+$", "", text)
    return text if 2 <= len(text) <= 40 else None


def _candidates(lines: Sequence[str]) -> Iterator[str]:
    """Lines, and runs of short lines, that end like a title: `淮安市洪泽区人民政府` / `2024年…年度报告`."""
    near = lines[:_LOOK_AT]
    for end, text in enumerate(near):
        if not _CORE.search(fold(text)) and not fold(text).endswith(("报告", "年报")):
            continue
        yield text
        whole = text
        for start in range(end - 1, max(end - _PIECES, -1), -1):
            above = fold(near[start])
            if not (is_name(above) or _PIECE.search(above)) or _NOT_A_TITLE.search(above):
                break
            whole = near[start].strip() + whole
            yield whole


_PIECE = re.compile(
    rf"^.{{0,30}}(?:(?:19|20)\d\d|[〇○零一二]{{2,4}})年度?.{{0,20}}$|^(?:年度)?{_SUBJECT}(?:工作)?$|^关于$"
)
"""A line above that can be the beginning of the title: a year with or without name, the subject."""


def _tagged(document: Document) -> Iterator[str]:
    tag = document.meta.get("ArticleTitle")
    if tag:
        yield tag
    window = document.meta.get("title")
    if window:
        yield window
        yield from _SITE_PART.split(window)


def top_lines(document: Document) -> list[str]:
    """Headings and paragraphs of the document in order, for finding the title among them."""
    return [
        line
        for block in document.blocks
        if isinstance(block, Heading | Paragraph)
        for line in (block.text,)
        if line
    ]
