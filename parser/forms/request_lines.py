"""The lines of section 三 as data rows and headers, without the columns that only count or name units."""

from __future__ import annotations

from parser.forms.applicants import GROUPS, Row, column_key
from parser.forms.beside import SERIALS, named_serials, without
from parser.forms.lines import Line
from parser.forms.regions import Region
from parser.numbers import read_number

_SERIALS = SERIALS | {"单位", "计量单位"}


def parted(region: Region) -> tuple[list[Row], list[list[Line]]]:
    """Data rows, and the groups of header lines, in order."""
    rows: list[Row] = []
    headers: list[list[Line]] = []
    in_header = False
    serials: set[int] = set()
    for line in region.lines:
        if _is_header(line):
            if not in_header:
                headers.append([])
                serials = set()
            headers[-1].append(line)
            in_header = True
            serials |= named_serials(line, _SERIALS)
        else:
            in_header = False
            row = without(line, serials) if serials else line
            rows.append((row, row.parts))
    return rows, headers


def _is_header(line: Line) -> bool:
    """A line of column labels: no number, and nothing but words of the header."""
    if line.loose or any(read_number(cell.text).value is not None for cell in line.own):
        return False
    words = line.words
    if not words:
        return False
    keys = [column_key(cell) for cell in line.own]
    labelled = sum(key is not None for key in keys)
    return labelled >= 2 or any("勾稽关系" in word or word in GROUPS for word in words)
