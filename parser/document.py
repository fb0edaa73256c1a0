"""The common picture of a document that every reader in `parser.readers` fills.

A `Document` is a list of blocks in reading order: headings, paragraphs and grids. A grid keeps its cells as
the source drew them, with spans; three things that look alike stay apart:

* an *empty* cell is a `Cell` whose text is `""`;
* a *covered* position lies inside the span of another cell (`Grid.at` gives that cell);
* an *absent* position belongs to no cell at all (`Grid.at` gives `None`).

Readers map what is drawn and nothing more. Joining tables over pages, aligning headers and reading numbers is
done once, afterwards, for all formats (`parser.forms`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import TypeVar, dataclass_transform

_Made = TypeVar("_Made")
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in PDF points (1/72 inch), origin at the top left of the unrotated page; of an
image file in dots of the image."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(made: type[_Made]) -> type[_Made]:
    """A value that is never changed, which the type checker watches over. Python's own frozen classes take
    three times as long to make, and a page has a thousand cells, places and figures."""
    return dataclass(slots=True, unsafe_hash=True)(made)


class State(StrEnum):
    """What became of a payload given to the parser. Every value but `REPORT` comes without a report."""

    REPORT = "report"
    NOT_A_REPORT = "not_a_report"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    UNSUPPORTED = "unsupported"
    IMAGE_ONLY = "image_only"
    TOO_LARGE = "too_large"
    QUARANTINED = "quarantined"


class Unreadable(Exception):
    """A reader met a payload that it cannot turn into a document.

    Raised by readers only and turned into a `Reading` by `parser.parse`; it never leaves the parser.
    """

    def __init__(self, state: State, reason: str) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason


@record
class Locator:
    """Where in the source something stands. Each format fills the fields that it has.

    `page` counts from 1 (PDF, OFD, scans) with `box` on it; `xpath` is absolute (HTML, DOCX, ODT;
    of DOC in the DOCX made of it; RTF counts its tables, rows and cells in the same way); `line` and
    `column` count from 1 (text: the line, and the character in it); `sheet` is a sheet's name and `cell` a
    place on it (`B7`) (spreadsheets; CSV has no sheet, a page of a web archive's workbook has one and an
    `xpath`); `member` is the path of a file inside an archive, or the address of an
    image of a page; the other fields are then those of that file.
    """

    page: int | None = None
    box: Box | None = None
    xpath: str | None = None
    line: int | None = None
    column: int | None = None
    sheet: str | None = None
    cell: str | None = None
    member: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Only the fields that are set; JSON-ready."""
        filled: dict[str, object] = {}
        if self.page is not None:
            filled["page"] = self.page
        if self.box is not None:
            filled["box"] = [round(edge, 2) for edge in self.box]
        if self.xpath is not None:
            filled["xpath"] = self.xpath
        if self.line is not None:
            filled["line"] = self.line
        if self.column is not None:
            filled["column"] = self.column
        if self.sheet is not None:
            filled["sheet"] = self.sheet
        if self.cell is not None:
            filled["cell"] = self.cell
        if self.member is not None:
            filled["member"] = self.member
        return filled


@record
class Cell:
    """One drawn cell. `row` and `column` are those of its top left corner, counted from 0.

    `text` keeps inner line breaks as `\\n`. `header` is true where the source says so (`<th>`).
    `confidence` is 1.0 where the characters are the source's own, and less where they were recognised.
    """

    row: int
    column: int
    text: str
    rowspan: int = 1
    colspan: int = 1
    locator: Locator = field(default_factory=Locator)
    header: bool = False
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its cells in row order, each row from left to right."""

    cells: tuple[Cell, ...]
    locator: Locator = field(default_factory=Locator)

    @property
    def rows(self) -> int:
        """How many rows the cells reach over."""
        return max((cell.row + cell.rowspan for cell in self.cells), default=0)

    @property
    def columns(self) -> int:
        """How many columns the cells reach over."""
        return max((cell.column + cell.colspan for cell in self.cells), default=0)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that is or covers this position, or `None` where there is none."""
        for cell in self.cells:
            if cell.row <= row < cell.row + cell.rowspan and (
                cell.column <= column < cell.column + cell.colspan
            ):
                return cell
        return None

    def by_row(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Row number and the cells that start in that row, for every row in which one starts."""
        rows: dict[int, list[Cell]] = {}
        for cell in self.cells:
            rows.setdefault(cell.row, []).append(cell)
        for number in sorted(rows):
            yield number, sorted(rows[number], key=attrgetter("column"))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that the source marks as one (`<h2>`, a heading style). `level` counts from 1."""

    text: str
    level: int = 1
    locator: Locator = field(default_factory=Locator)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    text: str
    locator: Locator = field(default_factory=Locator)


Block = Heading | Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the page to a file that may hold the report (`.pdf`, `.doc`, …), as written in the source."""

    href: str
    text: str
    locator: Locator = field(default_factory=Locator)


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader made of a payload.

    `format` is the detected file format (as `parser.readers.detect` names it; that of the archive where the
    report lay in one, and `meta["member"]` is then its path there). `meta` holds the page tags and
    document properties as the source spells their *values*, under normalised names (`SiteName`, `PubDate`,
    `ColumnName`, … for HTML page tags; `title` for a document's own title). `pages` is 0 where the format
    has no pages. `notes` tells what the reader could not do, one sentence each; they become doubts.
    `images` are those of a page without tables that may show its report (`page_images.candidates`).
    """

    format: str
    blocks: tuple[Block, ...]
    meta: dict[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    pages: int = 0
    notes: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
