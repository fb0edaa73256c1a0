"""Workbooks saved as text: values parted by commas, semicolons or tabs (CSV), quoted where they need it.

Such a file is a sheet without spans, whatever it is called. A place is given as spreadsheets name it (`B7`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise

from parser.document import Cell, Document, Locator, State, Unreadable
from parser.readers.charset import decode
from parser.readers.sheet_content import MOST_CELLS, MOST_COLUMNS, address
from parser.readers.sheet_tables import tables_and_lines
from parser.readers.text import MOST_OCTETS

_SIGNS = ("\t", ",", ";")
_VALUE = re.compile(r"|[-−]?\d[\d.,，]*%?|[/／\-—－]+|[无零〇]")
"""What a field of a table holds and a piece of a sentence does not: nothing, a number, a sign for nothing."""
_THOUSANDS = re.compile(r"[-−]?\d{1,3},\d{3}(?:\.\d+)?")
_GUARDED = re.compile(r'^="(.*)"$', re.DOTALL)
"""`="012"`: the way of export programs to keep a spreadsheet from changing a text."""
_FORCED = re.compile(r"^'([-−]?\d[\d.,]*)$")
_OTHERWISE = re.compile(r"[|｜│┃║\t]|\S\s+\d{1,3}$")
"""What parts the columns of other sorts of tables, and the digits before the comma of a number in one."""
_QUOTE = chr(34)
_FEWEST_ROWS = 3
_FEWEST_PAIRS = 8
"""Records of a label and a value that make a text a sheet of two columns."""
_LOOKED_AT = 400
"""Records that are looked at to tell what parts the values."""
_RULED = 0.5
_WHOLE = 0.9

Record = list[str]


def sign_of(payload: bytes) -> str | None:
    """What parts the values of a text; `None` for text that is no sheet, or more than is read."""
    return _sign(decode(payload).text) if len(payload) <= MOST_OCTETS else None


def read(payload: bytes) -> Document:
    """Turn such a text into a document. Raises `Unreadable`."""
    if len(payload) > MOST_OCTETS:
        raise Unreadable(State.TOO_LARGE, f"The text has more than {MOST_OCTETS} octets.")
    text = decode(payload).text
    records = list(_records(text, _sign(text) or ","))
    width = min(max(map(len, records), default=0), MOST_COLUMNS)
    if width * len(records) > MOST_CELLS:
        raise Unreadable(State.TOO_LARGE, f"The text has more than {MOST_CELLS} cells.")
    blocks = tuple(tables_and_lines(_cells(records, width)))
    if not blocks:
        raise Unreadable(State.EMPTY, "The text has no values.")
    return Document("csv", blocks)


@lru_cache(maxsize=2)
def _sign(text: str) -> str | None:
    for sign in _SIGNS:
        if text.count(sign) >= 2 * _FEWEST_ROWS:
            records = [one for one in islice(_records(text, sign), _LOOKED_AT) if any(one)]
            if _is_sheet(records, sign):
                return sign
    return None


def _is_sheet(records: Sequence[Record], sign: str) -> bool:
    """Whether records are those of a sheet: most that are parted hold values, and as many fields as the one
    before. The commas of a sentence part words; those of a number in another sort of table part digits."""
    # A text that has each cell on a line of its own parts thousands (1,793), and nothing else.
    pairs = [one for one in records if len(one) == 2 and one[1] and not _THOUSANDS.fullmatch(",".join(one))]
    valued = [one for one in pairs if _VALUE.fullmatch(one[1])]
    if len(valued) < max(_FEWEST_PAIRS, _RULED * len(pairs)):
        parted = [one for one in records if len(one) > 2]
        valued = [one for one in parted if any(_VALUE.fullmatch(field) for field in one)]
        if len(valued) < max(_FEWEST_ROWS, _RULED * len(parted)):
            return False
    if sign == "\t":
        # A text with tables in it has lines without tabs, and its own reader; a sheet has them in every line.
        return sum(1 for one in records if len(one) > 1) >= _WHOLE * len(records)
    others = sum(1 for one in valued if any(_OTHERWISE.search(field) for field in one))
    alike = sum(1 for one, two in pairwise(valued) if len(one) == len(two))
    return others <= (1 - _WHOLE) * len(valued) and alike >= _RULED * (len(valued) - 1)


def _records(text: str, sign: str) -> Iterator[Record]:
    lines = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").splitlines(keepends=True)
    try:
        for record in csv.reader(lines, delimiter=sign):
            yield [_plain(field) for field in record]
    except csv.Error:  # a field of a length that no cell has: what came before it stands
        return


def _plain(field: str) -> str:
    guarded = _GUARDED.match(field.strip()) or _FORCED.match(field.strip())
    return (guarded.group(1).replace(_QUOTE * 2, _QUOTE) if guarded else field).strip()


def _cells(records: Sequence[Record], width: int) -> Iterator[Cell]:
    """All cells of the records that say something, short ones filled up."""
    filled = [(place, one) for place, one in enumerate(records) if any(one)]
    for row, (place, record) in enumerate(filled):
        for column in range(width):
            text = record[column] if column < len(record) else ""
            yield Cell(row, column, text, locator=Locator(cell=address(place, column)))
