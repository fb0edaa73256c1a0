"""Tables that print more than one year: the figures of the report's own year are left, by evidence.

Reports set last year's numbers beside this year's: in columns (上年 and 本年, 2015年 and 2016年), in a table
of its own under a caption with its year, or in a row that begins with its year. What such words say decides,
held against the year of the report; where they leave it open, nothing is read and a doubt says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from parser.dates import arabic
from parser.document import Cell, Document, Grid
from parser.folding import fold, label
from parser.forms.lines import Line
from parser.forms.regions import FUJIAN, REVIEW, STATISTICS, Region, header_hint
from parser.report import Doubt

THIS, OTHER, CHANGE = "this", "other", "change"

_NOUN = "(?:统计数据|统计数|申请人情况|申请情况|数据|数量|数值|件数|情况|累计数|数)"
_PERHAPS = re.compile("[年期比增变]")
"""What each of these words has; most cells have none of it."""
_OF_A_YEAR = re.compile(rf"^{_NOUN}?\(?((?:19|20)\d\d)年(?:度)?{_NOUN}?\)?(?:\([件条]\))?$")
_OF_THIS = re.compile(rf"^{_NOUN}?\(?(?:本年度?|今年|当年|本期){_NOUN}?\)?$")
_OF_LAST = re.compile(rf"^{_NOUN}?\(?(?:上一?年度?|去年|前年|上期)?(?:同期)?(?:{_NOUN}|总计|合计)?\)?$")
_LAST_WORD = re.compile(r"上一?年|去年|前年|上期|同期")
_CHANGE = re.compile(
    r"^(?:同比|比上年|比去年|较上年)?(?:增减|增长|增幅|变化|变动|同比)(?:量|数|率|情况|%|\(%\))*$"
)
_YEARS = frozenset({"年度", "年份", "年"})
_BARE_YEAR = re.compile(r"(?:19|20)\d\d$")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
_NOTE = re.compile(r"备?注|说明|附注")
_AS_FOLLOWS = re.compile(r"(?:如下|见下表)?:?$")
_OF_OTHERS = re.compile(r"(?:所属|下属|直属)单位|全系统")
_SENTENCE = re.compile(r"[。；，,;]")
_LONGEST_CAPTION = 50
_CAPTION_LINES = 3
_SAME_TABLE = 3
"""Row labels that two pieces must share to be two prints of one table."""


def of_own_year(document: Document, region: Region, year: int | None) -> tuple[Region, list[Doubt]]:
    """The lines and cells of the region that are on the report's year, and what stays open."""
    doubts: list[Doubt] = []
    lines = _tables(document, region, year, doubts)
    lines = _columns(lines, region.kind, year, doubts)
    if region.kind == REVIEW:
        lines = _rows(lines, year)
    return Region(region.kind, tuple(lines)), doubts


def _mark(text: str, year: int | None) -> str | None:
    """Whether a header cell names the report's year, another one, or what changed between them."""
    if not _PERHAPS.search(text):
        return None
    folded = arabic(fold(text))
    if found := _OF_A_YEAR.match(folded):
        return THIS if year is not None and int(found[1]) == year else OTHER
    if _OF_THIS.match(folded):
        return THIS
    if _LAST_WORD.search(folded) and _OF_LAST.match(folded):
        return OTHER
    return CHANGE if _CHANGE.match(folded) else None


def _columns(lines: Sequence[Line], kind: str, year: int | None, doubts: list[Doubt]) -> list[Line]:
    """The lines without the columns of other years."""
    others: list[tuple[int, int]] = []
    kept: list[Line] = []
    block = -1
    for printed in lines:
        line = printed
        if line.block != block and not line.loose:
            # What a page cut goes on below the header before; a table with a header of its own does not.
            others = [] if others and header_hint(line.words) else others
            block = line.block
        marks = {} if line.loose else {cell: mark for cell in line.own if (mark := _mark(cell.text, year))}
        if OTHER in marks.values() and len(marks) + _headed(line, marks) > 1:
            if THIS in marks.values() or _headed(line, marks):
                others = [
                    (one.column, one.column + one.colspan) for one, mark in marks.items() if mark != THIS
                ]
                line = _without_marks(printed, kind, [one for one in marks if marks[one] == THIS], kept)
            else:
                doubts.append(_doubt(kind, line, "its columns name other years only"))
        elif kind in (STATISTICS, FUJIAN) and [*marks.values()] == [THIS] and _names_units(line):
            line = _without_marks(printed, kind, list(marks), kept)
        inside = [
            cell
            for cell in line.cells
            if any(start <= cell.column and cell.column + cell.colspan <= end for start, end in others)
        ]
        left = tuple(cell for cell in line.cells if cell not in inside)
        if left or not line.cells:
            kept.append(replace(line, cells=left) if inside else line)
    return kept


def _headed(line: Line, marks: Mapping[Cell, str]) -> int:
    """How many columns of numbers the line heads without naming a year (统计数 beside 上年)."""
    return sum(_VALUE.match(fold(cell.text)) is not None for cell in line.own if cell not in marks)


def _names_units(line: Line) -> bool:
    """Whether it is a header of a statistics table."""
    return any("指标" in word or "单位" in word for word in line.words)


_VALUE = re.compile(rf"^{_NOUN}$|^合计$|^总计$")


def _without_marks(line: Line, kind: str, own: Sequence[Cell], above: Sequence[Line]) -> Line:
    """The line without the names of the report's year: they stand below the columns' labels. In a statistics
    table without such labels they are the label."""
    statistics = kind in (STATISTICS, FUJIAN)
    if statistics and not any(_headed(other, {}) for other in above if not other.loose):
        cells = tuple(replace(cell, text="本年度") if cell in own else cell for cell in line.cells)
    else:
        cells = tuple(cell for cell in line.cells if cell not in own)
    return replace(line, cells=cells)


def _rows(lines: Sequence[Line], year: int | None) -> list[Line]:
    """The lines without rows that begin with another year, where one begins with the report's."""
    # Under a column that is headed by the word, a bare number is a year.
    bare = any(fold(cell.text) in _YEARS for line in lines for cell in line.own[:1])
    firsts = [line.own[0].text if line.own and not line.loose else "" for line in lines]
    marks = [_mark(f"{first}年" if bare and _BARE_YEAR.match(first) else first, year) for first in firsts]
    if THIS not in marks or OTHER not in marks:
        return list(lines)
    kept = []
    for line, mark in zip(lines, marks, strict=True):
        if mark == THIS:
            first = line.own[0]
            kept.append(replace(line, cells=tuple(cell for cell in line.cells if cell is not first)))
        elif mark is None:
            kept.append(line)
    return kept


def _tables(document: Document, region: Region, year: int | None, doubts: list[Doubt]) -> list[Line]:
    """The lines without tables that stand under the caption of another year, or of other organs."""
    told: list[tuple[str | None, Line]] = []
    mark: str | None = None
    for _, members in groupby(region.lines, key=lambda line: line.block):
        for number, line in enumerate(members):
            caption = _caption_in(line, year) or (None if number else _caption_above(document, line, year))
            mark = caption or mark
            told.append((mark, line))
    marks = {mark for mark, _ in told}
    if OTHER not in marks:
        return list(region.lines)
    labels = {mark: _labels([line for one, line in told if one == mark]) for mark in marks}
    for wanted in (THIS, None):
        if len(labels.get(wanted, set()) & labels[OTHER]) >= _SAME_TABLE:
            unmarked = labels.get(None, set()) & labels[wanted]
            also = wanted is THIS and len(unmarked) < _SAME_TABLE
            gone = next(line for mark, line in told if mark == OTHER)
            message = (
                "The report prints this table more than once; one was left out, by what stands above it."
            )
            doubts.append(Doubt("other_table", region.kind, message, gone.locator))
            return [line for mark, line in told if mark == wanted or (also and mark is None)]
    if year is not None:
        doubts.append(_doubt(region.kind, region.lines[0], "its caption names another year"))
    return list(region.lines)


def _labels(lines: Sequence[Line]) -> set[str]:
    return {label(line.parts.name).stem for line in lines if line.parts.labels and line.parts.values}


def _caption_in(line: Line, year: int | None) -> str | None:
    """A caption drawn as a row of the table."""
    texts = [cell.text for cell in line.own if cell.text]
    if len(texts) != 1 or label(texts[0]).level or _NOTE.match(fold(texts[0])):
        return None
    return _caption(texts[0], year)


def _caption_above(document: Document, line: Line, year: int | None) -> str | None:
    """The nearest of the few lines above a table that names a year."""
    for block in reversed(document.blocks[max(line.block - _CAPTION_LINES, 0) : line.block]):
        if isinstance(block, Grid):
            return None
        if mark := _caption(block.text, year):
            return mark
    return None


def _caption(text: str, year: int | None) -> str | None:
    folded = arabic(_AS_FOLLOWS.sub("", fold(text)))
    if len(folded) > _LONGEST_CAPTION or _SENTENCE.search(folded):
        return None
    if _OF_OTHERS.search(folded):
        return OTHER
    years = {int(found) for found in _YEAR.findall(folded)}
    if len(years) == 1:
        return None if year is None else THIS if year in years else OTHER
    mark = None if years else _mark(folded, year)
    return None if mark == CHANGE else mark


def _doubt(kind: str, line: Line, why: str) -> Doubt:
    message = f"The table may be on another year than the report: {why}."
    return Doubt("other_year", kind, message, line.locator)
