"""Which lines belong to which table of the forms.

A line shows its table by a header word or by a row label that only this table has. Lines between two such
lines belong to the same table, unless running text parts them; what a page cut left without header follows
the table that went before. Nothing here reads a number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, takewhile

from parser.document import Document
from parser.folding import label
from parser.forms.likeness import CERTAIN, Lexicon
from parser.forms.lines import Line, lines
from parser.forms.listed import as_table
from parser.forms.turned import upright
from parser.forms.vocabulary import vocabulary
from parser.numbers import is_unit, looks_like_value

REQUESTS = "requests"
REVIEW = "review_litigation"
PROACTIVE = "proactive"
STATISTICS = "statistics"
FUJIAN = "fujian"

_ARTICLE = re.compile(r"^第?二十条第?\(?[一二三四五六七八九]\)?项")
_REQUEST_WORDS = ("申请人情况", "勾稽关系", "法人或其他组织")
_REVIEW_WORDS = ("未经复议直接起诉", "复议后起诉")
_STATISTICS_WORDS = ("统计指标", "统计数")
_CUMULATIVE = ("历年累计", "累计数")


@dataclass(frozen=True, slots=True)
class Region:
    """The lines of one table of a form, joined over all the grids that hold a piece of it."""

    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Lexicons:
    """The prepared labels of every table."""

    requests: Lexicon
    columns: Lexicon
    results: Lexicon
    groups: Lexicon
    proactive: Lexicon
    fields: Lexicon
    statistics: Lexicon
    fujian: Lexicon


@cache
def lexicons() -> Lexicons:
    """Built once; matching keeps its own caches inside."""
    words = vocabulary()
    return Lexicons(
        requests=Lexicon(words.request_rows),
        columns=Lexicon(words.request_columns),
        results=Lexicon(words.review_results),
        groups=Lexicon(words.review_groups),
        proactive=Lexicon(words.proactive_rows),
        fields=Lexicon(words.proactive_fields),
        statistics=Lexicon(words.statistics),
        fujian=Lexicon(words.fujian),
    )


def regions(document: Document) -> list[Region]:
    """The tables of the forms in the document, one region a kind, in reading order."""
    known = lexicons()
    document = as_table(document, known.statistics)
    run = list(lines(upright(document, known.requests, known.columns)))
    kinds: list[str | None] = [None if line.loose else hint(line) for line in run]
    _prefer_one_statistics_table(kinds)
    _smooth(run, kinds)
    _fill(run, kinds)
    _take_caption(run, kinds)
    found: dict[str, list[Line]] = {}
    for line, kind in zip(run, kinds, strict=True):
        if kind is not None and line.cells:
            found.setdefault(kind, []).append(line)
    return [
        Region(kind, tuple(_without_lone_headers(members)))
        for kind, members in found.items()
        if _is_table(kind, members)
    ]


def _without_lone_headers(members: Sequence[Line]) -> list[Line]:
    """The lines without a header at the end of a page that the next page prints again over its rows."""
    pieces = [list(piece) for _, piece in groupby(members, key=lambda line: line.block)]
    kept: list[Line] = []
    for piece, after in zip(pieces, [*pieces[1:], []], strict=True):
        words = [line.words for line in piece]
        again = [line.words for line in after]
        count = min(len(words), len(again))
        while count and (words[-count:] != again[:count] or not _is_header(after[:count])):
            count -= 1
        if not _is_header_of(piece, after):
            kept += piece[: len(piece) - count]
    return kept


def _is_header_of(piece: Sequence[Line], after: Sequence[Line]) -> bool:
    """Whether a piece says nothing but words of the header that the next one begins with, however the page
    broke them into rows."""
    header = Counter(word for line in takewhile(_has_no_value, after) for word in line.words)
    words = Counter(word for line in piece for word in line.words)
    return _is_header(piece) and words <= header


def _has_no_value(line: Line) -> bool:
    return not any(looks_like_value(word) for word in line.words)


def _is_header(rows: Iterable[Line]) -> bool:
    words = [word for line in rows for word in line.words]
    return bool(words) and not any(looks_like_value(word) for word in words)


def hint(line: Line) -> str | None:
    """The table that this line alone gives away, if any."""
    if not line.words:
        return None
    return header_hint(line.words) or _row_hint(line)


def header_hint(words: Sequence[str]) -> str | None:
    """The table whose header these words of a line are, if any."""
    # Most cells hold numbers, which no header has.
    spoken = [word for word in words if not word.isdigit()]
    joined = "|".join(spoken)
    known = lexicons()
    if any(word in joined for word in _REQUEST_WORDS) or _knows(known.columns, spoken, 3):
        return REQUESTS
    if any(word in joined for word in _REVIEW_WORDS) or {"行政复议", "行政诉讼"} <= set(spoken):
        return REVIEW
    if _knows(known.results, spoken, 3):
        return REVIEW
    if "信息内容" in spoken or any(_ARTICLE.match(word) for word in spoken):
        return PROACTIVE
    if _knows(known.fields, spoken, 2):
        return PROACTIVE
    if any(word.startswith(_CUMULATIVE) for word in spoken):
        return FUJIAN
    if len(words) > 1 and any(word in spoken for word in _STATISTICS_WORDS):
        return STATISTICS
    return None


def _knows(lexicon: Lexicon, words: Sequence[str], least: int) -> bool:
    """Whether at least so many different words are the lexicon's."""
    return len(words) >= least and len({word for word in words if lexicon.knows(word)}) >= least


_AMBIGUOUS = frozenset({"其他", "总计", "合计", "部分公开", "不予公开", "行政复议", "行政诉讼", "规章"})
"""Row labels that other tables print too: no evidence by themselves."""


def _row_hint(line: Line) -> str | None:
    known = lexicons()
    row = line.parts
    cell = next((one for one in reversed(row.labels) if not is_unit(one.text)), None)
    if cell is None or cell.row != line.row or len(row.labels) > _MOST_LABELS:
        return None
    parted = label(cell.text)
    if parted.bare in _AMBIGUOUS and not parted.level:
        return None
    for kind, lexicon in (
        (REQUESTS, known.requests),
        (STATISTICS, known.statistics),
        (PROACTIVE, known.proactive),
        (FUJIAN, known.fujian),
    ):
        if lexicon.knows(cell.text) and (parted.bare not in _AMBIGUOUS or lexicon.numbers(cell.text)):
            return kind
    if len(row.values) >= _REQUEST_VALUES:
        match = known.requests.match(cell.text)
        if match is not None and match.score >= CERTAIN and parted.bare not in _AMBIGUOUS:
            return REQUESTS
    return None


_MOST_LABELS = 4
"""Labels of a row: three levels and a unit; a row with more of them is a header."""
_REQUEST_VALUES = 6
"""Value cells from which a row with a label that is nearly one of section 三 can be nothing else."""


def _prefer_one_statistics_table(kinds: list[str | None]) -> None:
    """The national and the Fujian table share labels (行政复议数量): the one with more lines has them all."""
    national, provincial = kinds.count(STATISTICS), kinds.count(FUJIAN)
    if national and provincial:
        loser, winner = (FUJIAN, STATISTICS) if national >= provincial else (STATISTICS, FUJIAN)
        for place, kind in enumerate(kinds):
            if kind == loser:
                kinds[place] = winner


def _smooth(run: Sequence[Line], kinds: list[str | None]) -> None:
    """A row label that two tables share speaks for the table that the rows before and after it are in."""
    known = [place for place, kind in enumerate(kinds) if kind is not None]
    for before, place, after in zip(known, known[1:], known[2:], strict=False):
        if kinds[before] == kinds[after] != kinds[place] and run[before].block == run[after].block:
            kinds[place] = kinds[before]


def _fill(run: Sequence[Line], kinds: list[str | None]) -> None:
    """Give lines without evidence the table around them: that of the lines on both sides, else that of the
    grid they are drawn in, else, for a grid that follows at once, that of the table before."""
    last: str | None = None
    last_block = -1
    pending: list[int] = []
    for place, line in enumerate(run):
        kind = kinds[place]
        if kind is None and line.cells:
            pending.append(place)
            continue
        for waiting in pending:
            owner = run[waiting]
            if kind is not None and kind == last:
                kinds[waiting] = kind
            elif owner.loose:
                continue
            elif owner.block == last_block:
                kinds[waiting] = last
            elif kind is not None and owner.block == line.block:
                kinds[waiting] = kind
            elif last is not None and _continues(run, waiting, last_block):
                kinds[waiting] = last
        pending, last, last_block = [], kind, line.block
    for waiting in pending:
        line = run[waiting]
        if line.loose or last is None:
            continue
        if line.block == last_block or _continues(run, waiting, last_block):
            kinds[waiting] = last


def _take_caption(run: Sequence[Line], kinds: list[str | None]) -> None:
    """Give the first table of section 四 the remedy's name that stands above it."""
    first = kinds.index(REVIEW) if REVIEW in kinds else 0
    if first and run[first - 1].loose and run[first - 1].cells:
        text = run[first - 1].cells[0].text
        kinds[first - 1] = REVIEW if lexicons().groups.knows(text) else kinds[first - 1]


def _continues(run: Sequence[Line], place: int, last_block: int) -> bool:
    """Whether a grid without evidence goes on with the table before: it follows at once, is about as wide,
    and
    has no header of its own."""
    block = run[place].block
    if block != last_block + 1:
        return False
    first = next(line for line in run if line.block == block)
    before = [line for line in run if line.block == last_block]
    if not first.parts.labels:
        return True
    if len(first.parts.labels) > 1 and not any(cell.text for cell in first.parts.values):
        return False
    return abs(_width(first) - max(_width(line) for line in before)) <= 1


def _width(line: Line) -> int:
    return max((cell.column + cell.colspan for cell in line.cells), default=0)


def _is_table(kind: str, members: Sequence[Line]) -> bool:
    """Whether the lines are enough to be the form's table, and not a chance word in another one."""
    headers = any(header_hint(line.words) == kind for line in members)
    if kind == REVIEW:
        return headers
    known = lexicons()
    lexicon = {
        REQUESTS: known.requests,
        PROACTIVE: known.proactive,
        STATISTICS: known.statistics,
        FUJIAN: known.fujian,
    }[kind]
    labels = {
        label(cell.text).bare
        for line in members
        for cell in line.parts.labels
        if cell.row == line.row and lexicon.knows(cell.text)
    }
    if kind == REQUESTS:
        labels -= _AMBIGUOUS
    fewest = 1 if kind == PROACTIVE else 2
    return len(labels) >= (fewest if headers else _FEWEST_LABELS)


_FEWEST_LABELS = 4
"""Row labels that make a table without header one of the form's."""
