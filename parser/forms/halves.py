"""Labels that a page cut in two, put together again before rows are told by their labels.

A cut leaves the first half of a label on one row and the second on the next; the numbers stand beside
either of them, or on a row of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parser.document import Cell
from parser.folding import label
from parser.forms.likeness import CERTAIN, Lexicon
from parser.forms.lines import Line, Parts
from parser.forms.sheet import Sheet

Row = tuple[Line, Parts]


def mend(rows: Sequence[Row], lexicon: Lexicon, sheet: Sheet, where: str) -> list[Row]:
    """The rows with cut labels joined. Numbers that had to be given to the label above are a doubt."""
    mended: list[Row] = []
    for row in rows:
        if (around := _around(mended[-2:], row, lexicon)) is not None:
            mended[-2:] = [around]
            continue
        joined = _joined(mended[-1], row, lexicon) if mended else None
        if joined is None and len(mended) > 1 and mended[-1][0].loose:
            # What a page prints between its tables is no half of anything.
            joined = _joined(mended[-2], row, lexicon)
            if joined is not None:
                mended.pop()
        if joined is None:
            mended.append(row)
            continue
        if _is_printed(mended[-1]) and joined[1].numbers != mended[-1][1].numbers:
            message = f"A page cuts numbers of “{mended[-1][1].name}” between their digits; they were joined."
            sheet.doubt("joined_rows", where, message, row[0].locator)
        elif _own(row) is None:
            message = (
                f"The numbers {row[1].numbers} have no label; “{mended[-1][1].name}” above them was taken."
            )
            sheet.doubt("joined_rows", where, message, row[0].locator)
        mended[-1] = joined
    return mended


def _around(above: Sequence[Row], lower: Row, lexicon: Lexicon) -> Row | None:
    """Numbers without a label that stand between the two lines of one, as one row."""
    if len(above) < 2 or _is_printed(above[0]) or not _is_printed(above[1]) or _is_printed(lower):
        return None
    first, between, second = _own(above[0]), _own(above[1]), _own(lower)
    if first is None or second is None or between is not None or above[1][0].block != lower[0].block:
        return None
    text = first.text + second.text
    if lexicon.knows(first.text) or lexicon.knows(second.text) or not lexicon.knows(text):
        return None
    line, row = above[1]
    outer = [cell for cell in above[0][1].labels if cell is not first]
    return line, Parts((*outer, replace(first, row=line.row, text=text)), row.values)


def _joined(upper: Row, lower: Row, lexicon: Lexicon) -> Row | None:
    """Both rows as one, when they are two halves of one."""
    first, second = _own(upper), _own(lower)
    if first is None:
        return None
    if _is_printed(upper) and _is_printed(lower):
        if second is None or not _repeats(upper, lower, lexicon):
            return _continued(upper, lower, lexicon)
        return _glue(upper, lower, first.text + second.text)
    if second is None:
        alone = (
            _is_printed(lower) and not lower[0].loose and bool(upper[1].values) and lexicon.knows(first.text)
        )
        return _glue(upper, lower, first.text) if alone else None
    whole = lexicon.match(first.text + second.text)
    if whole is None or whole.score < CERTAIN:
        return None
    one, other = lexicon.match(first.text), lexicon.match(second.text)
    if label(second.text).level and (one is not None or label(first.text).stem):
        return None  # a row that heads others, or the end of another label, and the row below it
    # Behind a cut close after its number (（七）, 总计) the rest may be a whole label by itself.
    same = other is not None and other.term is whole.term
    rest = one is None and (not label(first.text).stem or (same and _is_printed(upper)))
    if other is not None and other.score >= whole.score and not rest:
        return None
    if one is not None and one.score >= whole.score and one.term is not whole.term:
        return None
    return _glue(upper, lower, first.text + second.text)


def _repeats(upper: Row, lower: Row, lexicon: Lexicon) -> bool:
    """Whether a row is the rest of the one above it, drawn by a printer that repeats a cut row's numbers
    behind the page break: the same numbers, and two pieces that are a label together. Each may be one by
    itself (2.其他, 法律行政法规禁止公开), but the second has no number of its own."""
    first, second = _own(upper), _own(lower)
    if first is None or second is None or upper[0].block == lower[0].block:
        return False
    if [cell.text for cell in upper[1].values] != [cell.text for cell in lower[1].values]:
        return False
    whole = lexicon.knows(first.text + second.text)
    return whole and not label(second.text).level


def _continued(upper: Row, lower: Row, lexicon: Lexicon) -> Row | None:
    """A row whose longest numbers were broken over two lines, the second of them behind a page cut: no label
    of its own, and digits under the numbers that fill their columns. `None` for any other two rows."""
    first, second = _own(upper), _own(lower)
    if first is None or upper[0].block == lower[0].block or lower[0].loose or not lexicon.knows(first.text):
        return None
    if second is not None and lexicon.match(second.text) is not None:
        return None
    above = {cell.column: cell for cell in upper[1].values}
    rest = {cell.column: cell for cell in lower[1].values if cell.text}
    longest = max(len(cell.text) for cell in above.values())
    for column, cell in rest.items():
        begun = above[column].text if column in above else ""
        if not (begun.isdigit() and cell.text.isdigit() and 1 < len(begun) == longest >= len(cell.text)):
            return None
    values = tuple(
        replace(cell, text=cell.text + rest[cell.column].text) if cell.column in rest else cell
        for cell in upper[1].values
    )
    return upper[0], Parts(upper[1].labels, values)


def _glue(upper: Row, lower: Row, text: str) -> Row:
    """The row with the numbers, under the whole label and the groups of the upper row."""
    line, row = lower if _is_printed(lower) else upper
    seat = _own((line, row))
    name = replace(seat, text=text) if seat else Cell(line.row, 0, text, locator=line.locator)
    outer = [cell for cell in upper[1].labels if cell is not _own(upper)]
    return line, Parts((*outer, name), row.values)


def _own(row: Row) -> Cell | None:
    """The innermost label, when it starts in the row itself."""
    line, parted = row
    last = parted.labels[-1] if parted.labels else None
    return last if last is not None and last.row == line.row else None


def _is_printed(row: Row) -> bool:
    return any(cell.text for cell in row[1].values)
