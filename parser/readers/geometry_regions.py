"""Where on a sheet a table without upright rules stands, and where in it a header begins.

Seen are chunks only: rows with values, words of the same size between and above them, no prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from parser.readers.geometry_chunks import NUMBERED, Chunk
from parser.readers.geometry_cuts import walls

_CHAPTER = re.compile(r"[一二三四五六七八九十]{1,2}\s*[、.．]")
_PAGE = re.compile(
    r"[-—–·\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／]\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[-—–·\s]*"
)
_REMARK = re.compile(r"[(（].*?[)）]")
_SENTENCE = re.compile(r"[:：。；，]")
_PROSE = 26
_WORDS = 3
_FAR = 9.0
_APART = 3.0
_CUT = 0.14
_WRAP = 1.62
_NEXT_LINE = 1.45
_HALF_LINE = 0.95
_MARGIN = 0.93

Lines = list[list[Chunk]]


def regions(rows: Lines, height: float) -> Iterator[Lines]:
    """Stretches of rows that hold a table: rows with values, what stands between, header words above.

    A single row with values is a table under a header, or where a page cut leaves it alone.
    """
    data = [index for index in range(len(rows)) if _is_data(rows, index)]
    groups: list[list[int]] = []
    for index in data:
        if groups and _belongs(rows, groups[-1][-1], index):
            groups[-1].append(index)
        else:
            groups.append([index])
    free = 0
    for group in groups:
        first = _first_of_head(rows, group[0], free)
        values = sum(part.is_value for part in rows[group[0]])
        at_cut = not _CUT * height < rows[group[0]][0].y < (1 - _CUT) * height
        headed = _has_words_abreast(rows[first : group[0]])
        if len(group) == 1 and values < 3 and not (at_cut or headed):
            continue
        free = _last_of_tail(rows, group[-1]) + 1
        yield rows[first:free]


def _has_words_abreast(rows: Lines) -> bool:
    """Whether two words stand side by side above the values, be it half a line apart, as beside a word that
    wraps."""
    return any(len(row) > 1 for row in rows) or any(
        two[0].y - one[0].y < _HALF_LINE * one[0].size
        and (one[0].right < two[0].left or two[0].right < one[0].left)
        for one, two in pairwise(rows)
    )


def head_at_end(rows: Lines, height: float) -> Lines:
    """Words in columns that end a page, the header of a table whose values stand on the next one."""
    left = [row for row in rows if row and (len(row) > 1 or row[0].y < _MARGIN * height)]
    while left and left[-1][0].y > _MARGIN * height and any(_PAGE.fullmatch(part.text) for part in left[-1]):
        left.pop()
    last = left[-1] if left else []
    if len(last) == 1 and len(left) > 1 and last[0].y - left[-2][0].y < _HALF_LINE * last[0].size:
        # One word wraps, and its last line stands lower than the others.
        last = left[-2]
    if len(last) < 2 or last[0].y < (1 - 2 * _CUT) * height:
        return []
    if any(part.is_value or is_sentence(part.text) for part in last):
        return []
    head: Lines = []
    for row in reversed(left):
        if head and (head[-1][0].top - row[0].bottom > 1.6 * row[0].size or len(head) > 4):
            break
        if any(not _alike(part, last[0]) or len(part.text) > _PROSE for part in row):
            break
        head.append(row)
    return head[::-1]


def is_sentence(text: str) -> bool:
    """Whether a text says more than the word over a column does."""
    return _SENTENCE.search(_REMARK.sub("", text)) is not None


def _is_data(rows: Lines, index: int) -> bool:
    """Whether a row has values that stand apart: two of them, or one with a label before it."""
    row = rows[index]
    values = [part for part in row if part.is_value]
    if not values or any(len(part.text) > _PROSE and part.right > values[0].right for part in row):
        return False
    if len(values) > 1:
        return True
    value = values[0]
    near = [
        part
        for other in rows[max(0, index - 2) : index + 3]
        for part in other
        if not part.is_value and abs(part.y - value.y) < 1.9 * value.size and _alike(part, value)
    ]
    return any(part.right < value.left - 0.4 * value.size for part in near) and not any(
        part.left < value.right and part.right > value.left
        for part in near
        if abs(part.y - value.y) < value.size
    )


def _alike(one: Chunk, two: Chunk) -> bool:
    return abs(one.size - two.size) < 0.15 * max(one.size, two.size)


def _belongs(rows: Lines, above: int, below: int) -> bool:
    """Whether two rows with values are of one table, given what stands between."""
    one, two = _value_of(rows[above]), _value_of(rows[below])
    if not _alike(one, two) or _reach(rows[above : below + 1]) > _FAR * max(one.size, 8.0):
        return False
    if any(_is_barrier(row, one) for row in rows[above + 1 : below]):
        return False
    headed = False
    for index in range(below - 1, above, -1):
        row = rows[index]
        lone = len(row) == 1 and rows[index + 1][0].y - row[0].y > _WRAP * row[0].size
        if headed and lone and _CHAPTER.match(row[0].text):
            return False
        headed = headed or len(row) > 1
    return True


def _reach(rows: Lines) -> float:
    """How far apart the first and the last of some rows are, or, where the label lines of tall rows stand
    between them, how far apart two neighbours are."""
    steps = [two[0].y - one[0].y for one, two in pairwise(rows)]
    tall = all(step < _APART * one[0].size for step, one in zip(steps, rows, strict=False))
    return max(steps) if tall else rows[-1][0].y - rows[0][0].y


def _value_of(row: list[Chunk]) -> Chunk:
    return next(part for part in row if part.is_value)


def _is_barrier(row: list[Chunk], value: Chunk) -> bool:
    """Whether a row between can be no part of a table: prose, or text of another size."""
    return any(not _alike(part, value) and len(part.text) > 1 for part in row) or any(
        len(part.text) > _PROSE and part.right > value.left for part in row
    )


def _first_of_head(rows: Lines, index: int, free: int) -> int:
    """The row with which the header above a first row of values begins."""
    value = _value_of(rows[index])
    left = min(part.left for part in rows[index])
    first = index
    while first > free:
        row = rows[first - 1]
        gap = min(part.top for part in rows[first]) - max(part.bottom for part in row)
        if gap > _APART * value.size or (len(row) < _WORDS and _is_barrier(row, value)):
            break
        headed = any(len(other) > 1 for other in rows[first:index])
        if len(row) == 1 and (_is_chapter(row[0], rows[first], headed) or row[0].text[-1] in "。；"):
            break
        lone = row[0] if len(row) == 1 else None
        if lone and len(lone.text) > _PROSE and lone.left <= left + value.size and lone.right > value.left:
            break
        first -= 1
    return first


def _is_chapter(part: Chunk, below: list[Chunk], headed: bool) -> bool:
    """Whether a lone piece of text is a heading of the report, not a label or the first line of one: it
    stands over a header (`headed`), or begins elsewhere than labels do."""
    wraps = _is_beside_values(part, below) or (len(part.text) < 10 and _continues([[part], below], 1))
    apart = headed or abs(part.left - below[0].left) > 1
    return _CHAPTER.match(part.text) is not None and not wraps and apart


def _is_beside_values(part: Chunk, row: list[Chunk]) -> bool:
    """Whether a piece of text stands half a line above values: with an even number of lines, a label has no
    line at the height of its row."""
    return row[0].is_value and row[0].y - part.y < _HALF_LINE * part.size


def _last_of_tail(rows: Lines, index: int) -> int:
    """The last row of a table: label lines that wrap below its last values."""
    value = _value_of(rows[index])
    last = index
    while last + 1 < len(rows):
        row = rows[last + 1]
        pitch = row[0].y - rows[last][0].y
        if (
            pitch > _WRAP * value.size
            or _is_barrier(row, value)
            or any(part.right > value.left for part in row)
        ):
            break
        last += 1
    return last


def sections(region: Lines) -> Iterator[tuple[Lines, Lines]]:
    """Header rows and the rows below them, for each part of the region that has columns of its own; none
    where no row has values with a label before them."""
    data = [index for index, row in enumerate(region) if any(part.is_value for part in row)]
    kept = [index for index in data if _is_data(region, index)]
    shared = walls([part for row in region for part in row if not part.is_value])
    starts: list[tuple[int, int]] = []
    for above, below in pairwise([-1, *kept]):
        near = [region[index] for index in (above, below) if index >= 0]
        head = [index for index in range(above + 1, below) if _is_head(region, index, near, shared)]
        if head:
            head.append(_wrapped_end(region, head[-1], below))
        if above < 0:
            starts.append((0, head[-1] + 1 if head else _before_label(region, below)))
        elif head:
            first = head[0]
            while first - 1 > above and not _continues(region, first - 1):
                first -= 1
            starts.append((first, head[-1] + 1))
    for (first, body), (after, _) in pairwise([*starts, (len(region), 0)]):
        yield region[first:body], region[body:after]


def _wrapped_end(region: Lines, index: int, below: int) -> int:
    """The last row of a header whose last row found is `index`: its words may wrap."""
    while index + 1 < below:
        row, size = region[index + 1], region[index][0].size
        words = [part for other in region[max(0, index - 2) : index + 1] for part in other]
        wraps = all(
            NUMBERED.match(part.text) is None and any(_is_beside(part, word) for word in words)
            for part in row
        )
        if not wraps or region[below][0].y - row[0].y < _NEXT_LINE * size:
            break
        index += 1
    return index


def _is_head(region: Lines, index: int, near: Sequence[list[Chunk]], shared: Sequence[float]) -> bool:
    """Whether a row holds words right of where the labels of the next rows of values begin.

    `shared` are the left edges at which several labels begin: there, close to a row of values, a label wraps.
    """
    values = [part for other in near for part in other if part.is_value]
    start = min(value.left for value in values)
    labels = [part for other in near for part in other if not part.is_value and part.left < start]
    edge = max((part.left + 1.5 * part.size for part in labels), default=start - values[0].size)
    row = region[index]
    away = min(abs(value.y - row[0].y) for value in values)
    if away < _HALF_LINE * row[0].size:
        return False
    far = away > _NEXT_LINE * row[0].size
    if not far:
        beside = [
            part for other in region[max(0, index - 1) : index + 2] for part in other if part not in row
        ]
        labels += [part for part in beside if not part.is_value and part.left < start]
    return any(
        part.left > edge
        and not part.is_value
        and not any(_is_beside(part, label) for label in labels)
        and (far or not any(abs(part.left - left) < 1.5 for left in shared))
        and not any(_leads_to_values(region, index, part, step) for step in (1, -1))
        for part in row
    )


def _leads_to_values(region: Lines, index: int, part: Chunk, step: int) -> bool:
    """Whether a piece is a line of a label of several lines, one of which stands at a row of values or half a
    line from it; `step` is 1 to look downwards, -1 to look upwards."""
    index += step
    while 0 <= index < len(region) and abs(region[index][0].y - part.y) < _NEXT_LINE * part.size:
        row = region[index]
        other = next((other for other in row if abs(other.left - part.left) < 1), None)
        if other is not None and not other.is_value:
            part = other
            around = region[max(0, index - 1) : index + 2]
            if any(
                piece.is_value and abs(piece.y - part.y) < _HALF_LINE * part.size
                for line in around
                for piece in line
            ):
                return True
        index += step
    return False


def _is_beside(part: Chunk, label: Chunk) -> bool:
    """Whether a piece of text may be a line of the same label."""
    close = abs(part.y - label.y) < _WRAP * part.size
    return close and part.left < label.right and label.left < part.right


def _before_label(region: Lines, index: int) -> int:
    """Where the first row of values begins when nothing stands over its columns: with its own label."""
    first = index
    while first > 0 and region[first][0].y - region[first - 1][0].y < _WRAP * region[first][0].size:
        first -= 1
    return first


def _continues(region: Lines, index: int) -> bool:
    """Whether a row of label pieces is the wrapped end of the rows above: half a line below values, or right
    below a piece of text that begins at the same place."""
    part = region[index][0]
    return any(
        part.y - other.y < _HALF_LINE * part.size
        or (part.y - other.y < _WRAP * part.size and abs(part.left - other.left) < part.size)
        for row in region[max(0, index - 3) : index]
        for other in row
    )
