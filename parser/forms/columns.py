"""The header of a table: its columns' order and, where the source's spans can be trusted, their places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from parser.document import Cell
from parser.folding import fold
from parser.forms.lines import Line


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the header: its key (`None` where the label is unknown), the printed label, and the grid
    columns it spans (from, up to)."""

    key: str | None
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Header:
    """The columns from left to right. `placed` is true where they lie side by side in the grid, so that their
    places mean something. `block` is the document block they were drawn in, `width` how many grid columns
    their lines have there, blank ones too."""

    columns: tuple[Column, ...]
    placed: bool
    block: int = -1
    width: int = 0

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def drawn(self) -> bool:
        """Whether the document draws it; else it is the form's own."""
        return self.block >= 0

    def alike(self, other: Header) -> bool:
        """Whether it names the same columns in the same order."""
        return [column.key for column in self.columns] == [column.key for column in other.columns]


Keyer = Callable[[Cell], str | None]
"""Gives the column key that a header cell means, `""` for a group of columns, `None` for anything else."""


def build_header(rows: Sequence[Line], keyer: Keyer, limit: int = 0) -> Header | None:
    """The header that some lines draw, or `None` when no cell in them is a column label.

    `limit` is how many columns a group takes when several groups share the next row (0: all of them).
    """
    tokens = _last_whole([_tokens(line, keyer) for line in rows])
    tokens = [_without_covers(row, tokens[place + 1 :]) for place, row in enumerate(tokens)]
    leaves = [column for row in tokens for column, is_group in row if not is_group]
    if not any(column.key for column in leaves):
        return None
    block = rows[0].block
    ordered = sorted(leaves, key=lambda column: column.start)
    apart = all(left.end <= right.start for left, right in pairwise(ordered))
    if apart and not _groups_over_nothing(tokens):
        unfolded = _unfold(tokens, limit)
        if _has_stray_leaf(tokens) and [one.key for one in unfolded] != [one.key for one in ordered]:
            # A span that is too short let columns slip below a neighbour; the tree's order stays.
            return Header(tuple(unfolded), placed=False, block=block)
        width = max(cell.column + cell.colspan for line in rows for cell in line.own)
        return Header(tuple(ordered), placed=True, block=block, width=width)
    return Header(tuple(_unfold(tokens, limit)), placed=False, block=block)


Token = tuple[Column, bool]


def _tokens(line: Line, keyer: Keyer) -> list[Token]:
    found: list[Token] = []
    for cell in line.own:
        key = keyer(cell)
        end = cell.column + cell.colspan
        if found and _is_repeated(found[-1][0], cell):
            found[-1] = replace(found[-1][0], end=end), found[-1][1]
        elif key is not None or (found and cell.text):
            # What stands right of a column label is a column too, if one that nobody knows.
            found.append((Column(key or None, cell.text, cell.column, end), key == ""))
    return found


def _last_whole(rows: list[list[Token]]) -> list[list[Token]]:
    """The rows from where they name, once each, every column that the rows above name: those are what a page
    repeats or a cut left of a header that stands again whole."""
    names = [[column.key for column, is_group in row if not is_group and column.key] for row in rows]
    for place in range(1, len(rows)):
        above, below = (list(chain.from_iterable(part)) for part in (names[:place], names[place:]))
        if above and len(set(below)) == len(below) and set(above) <= set(below):
            return rows[place:]
    return rows


def _is_repeated(previous: Column, cell: Cell) -> bool:
    """Markdown repeats the text of a merged cell in each of its columns."""
    return previous.end == cell.column and fold(previous.label) == fold(cell.text) != ""


def _without_covers(row: Sequence[Token], below: Sequence[Sequence[Token]]) -> list[Token]:
    """The row without unknown labels that only stand over columns, and without labels that a row as wide
    draws again in the same place."""
    leaves = [column for other in below for column, is_group in other if not is_group and column.key]
    again = {
        (column.key, column.start, column.end)
        for other in below
        if other and row and other[-1][0].end == row[-1][0].end
        for column, _ in other
    }
    return [
        (column, is_group)
        for column, is_group in row
        if is_group
        or (
            (column.key, column.start, column.end) not in again
            if column.key
            else not any(column.start <= leaf.start < column.end for leaf in leaves)
        )
    ]


def _groups_over_nothing(rows: Sequence[Sequence[Token]]) -> bool:
    """Whether a group label stands over no leaf: the header lost its spans."""
    leaves = [column for row in rows for column, is_group in row if not is_group]
    return any(
        is_group and not any(column.start <= leaf.start < column.end for leaf in leaves)
        for row in rows
        for column, is_group in row
    )


def _has_stray_leaf(rows: Sequence[Sequence[Token]]) -> bool:
    """Whether a column stands below the rows of groups and below none of the groups."""
    groups: list[Column] = []
    for row in rows:
        leaves = [column for column, is_group in row if not is_group and column.key]
        if groups and any(
            not any(group.start <= leaf.start < group.end for group in groups) for leaf in leaves
        ):
            return True
        groups += [column for column, is_group in row if is_group]
    return False


def _unfold(rows: Sequence[Sequence[Token]], limit: int) -> list[Column]:
    """Left to right order of a header tree without spans: each row's cells go below the groups of the rows
    above, the first group first."""
    run: list[Token] = []
    for row in rows:
        waiting = list(row)
        if not run:
            run = waiting
            continue
        grown: list[Token] = []
        groups = sum(is_group for _, is_group in run)
        for token in run:
            if not token[1]:
                grown.append(token)
                continue
            groups -= 1
            take = len(waiting) if groups == 0 else _share(waiting, limit)
            grown.extend(waiting[:take])
            waiting = waiting[take:]
        run = grown + waiting
    return [column for column, is_group in run if not is_group]


def _share(waiting: Sequence[Token], limit: int) -> int:
    """How many of the next row's cells go below a group that is not the last: its `limit` leaves, or one
    group when groups come first."""
    if waiting and waiting[0][1]:
        return 1
    leaves = 0
    while leaves < len(waiting) and not waiting[leaves][1]:
        leaves += 1
    return min(leaves, limit or leaves)
