"""Running text: lines outside the tables become paragraphs, over page cuts; page numbers are set aside.

Where one paragraph ends and the next begins is read from the shape of the text: indents, lines that end
early, the numbering of headings, a change of size or of distance.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from parser.document import Block, Box, Grid, Locator, Paragraph
from parser.readers.geometry import Sheet, enclosing
from parser.readers.geometry_bare import bare_grids, ends_in_words, has_columns
from parser.readers.geometry_continuation import Bare, carry_columns
from parser.readers.geometry_grid import place, ruled_grids
from parser.readers.geometry_lines import Line, joined, lines

_PAGE_NUMBER = re.compile(
    r"(?P<marked>[-—–－·•~\s]*[-—–－·•~第]\s*\d{1,4}\s*[-—–－·•~页][-—–－·•~\s]*"
    r"|(?:第\s*)?\d{1,4}\s*页?\s*[/／,，]\s*(?:共\s*)?\d{1,4}\s*页?"
    r"|第\s*\d{1,4}\s*页\s*共\s*\d{1,4}\s*页"
    r"|page\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?)"
    r"|(?P<bare>\d{1,3})",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_HEADING = re.compile(
    r"[一二三四五六七八九十]{1,3}\s*[、.．]|[（(][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]{1,3}[章节部]"
    r"|[1-9]\d?[、.．](?!\d)|[(（][1-9]\d?[)）]"
)
_ENDS = "。！？；：;:!?…"
_MARGIN = 0.13


@dataclass(slots=True)
class Flow:
    """What stands on one sheet outside and inside tables, from top to bottom: lines and grids, with boxes.
    `bare` are those of its tables that have no rules."""

    sheet: Sheet
    items: list[tuple[Box, Line | Grid]]
    bare: list[Bare] = field(default_factory=list)
    left: float = field(init=False)
    right: float = field(init=False)

    def __post_init__(self) -> None:
        self.items.sort(key=lambda item: (item[0][1], item[0][0]))
        self.left, self.right = 0.0, self.sheet.width

    @property
    def lines(self) -> list[Line]:
        """The lines outside the tables."""
        return [item for _, item in self.items if isinstance(item, Line)]

    def table(self, *, last: bool) -> Bare | None:
        """The first or last table of the sheet, if it has no rules."""
        grids = [item for _, item in self.items if isinstance(item, Grid)]
        wanted = grids[-1 if last else 0] if grids else None
        return next((table for table in self.bare if table.grid is wanted), None)


def flows_of(sheets: Iterable[Sheet]) -> list[Flow]:
    """The tables of sheets that follow each other, ruled or not, and the lines outside of them."""
    flows: list[Flow] = []
    for sheet in sheets:
        for page in (sheet, sheet.beside):
            if page is not None:
                flows.append(_flow_of(page, flows[-1].table(last=True) if flows else None))
    return flows


def _flow_of(sheet: Sheet, above: Bare | None) -> Flow:
    """One sheet; `above` is the table without rules that ends the sheet before."""
    ruled, outside = ruled_grids(sheet)
    text = lines(outside)
    bare: list[Bare] = []
    words = [line.text for line in text]
    if has_columns(words) or ends_in_words(words):
        bare, outside = bare_grids(sheet, outside, above)
        text = lines(outside) if bare else text
    items: list[tuple[Box, Line | Grid]] = [*ruled, *((table.box, table.grid) for table in bare)]
    items += [(line.box, line) for line in text]
    return Flow(sheet, items, bare)


def set_furniture_aside(flows: Sequence[Flow]) -> str:
    """Take page numbers and running heads out of the flows; what was taken, as one string.

    A running head stays where it stands first: it may be the only place that names the agency.
    """
    taken: list[str] = []
    edges = [(flow, *found) for flow in flows for found in _edge_lines(flow)]
    offsets = Counter(
        int(one.text) - flow.sheet.number for flow, one, _ in edges if _is_bare_number(one.text)
    )
    alike = Counter((_DIGITS.sub("#", one.text), end) for _, one, end in edges)
    seen: set[tuple[str, str]] = set()
    for flow, one, end in edges:
        shape = (_DIGITS.sub("#", one.text), end)
        if _is_page_number(one.text, flow.sheet.number, offsets):
            remove = True
        else:
            remove = len(flows) > 1 and alike[shape] >= max(2, len(flows) / 2) and shape in seen
            seen.add(shape)
        if remove:
            taken.append(one.text)
            flow.items = [item for item in flow.items if item[1] is not one]
    return "".join(taken)


def _edge_lines(flow: Flow) -> Iterator[tuple[Line, str]]:
    """The lines in the top and bottom margin that no table and no other text lies beyond."""
    height = flow.sheet.height
    for end, items in (("top", flow.items), ("bottom", flow.items[::-1])):
        for box, item in items[:2]:
            middle = (box[1] + box[3]) / 2
            beyond = middle < _MARGIN * height if end == "top" else middle > (1 - _MARGIN) * height
            if not isinstance(item, Line) or not beyond:
                break
            yield item, end


def _is_bare_number(text: str) -> bool:
    found = _PAGE_NUMBER.fullmatch(text)
    return found is not None and found["bare"] is not None


def _is_page_number(text: str, page: int, offsets: Counter[int]) -> bool:
    """A number with dashes or 第…页 round it, or a bare one that counts along with the pages."""
    found = _PAGE_NUMBER.fullmatch(text.strip())
    if found is None:
        return False
    if found["marked"]:
        return True
    offset = int(text) - page
    return offsets[offset] >= 2 or offset == 0


def blocks(flows: Sequence[Flow]) -> list[Block]:
    """Paragraphs and grids of all sheets in reading order."""
    repeated = _continue_tables(flows)
    _measure(flows)
    body = _body_size(flows)
    found: list[Block] = []
    open_lines: list[tuple[Flow, Line]] = []
    for flow in flows:
        for _, item in flow.items:
            if isinstance(item, Grid):
                _close(open_lines, found)
                found.append(_told(item) if any(item is grid for grid in repeated) else item)
                continue
            if open_lines and _begins(open_lines, flow, item, body):
                _close(open_lines, found)
            open_lines.append((flow, item))
    _close(open_lines, found)
    return found


def _told(grid: Grid) -> Paragraph:
    """The words of a table as running text."""
    return Paragraph(" ".join(cell.text for cell in grid.cells), grid.locator)


def _continue_tables(flows: Sequence[Flow]) -> list[Grid]:
    """Let tables without rules that go on over a page keep their columns. Returned are the headers that end a
    page and stand again, whole, on the next one."""
    repeated = []
    for one, two in pairwise(flows):
        above, below = one.table(last=True), two.table(last=False)
        if above and below and not above.columns and not above.labels and _says(below.grid, above.grid):
            repeated.append(above.grid)
        elif above and below and one.sheet.width == two.sheet.width:
            before = below.grid
            after = carry_columns(above, below)
            two.items = [(box, after if item is before else item) for box, item in two.items]
    return repeated


def _says(grid: Grid, header: Grid) -> bool:
    """Whether all words of a header stand in a grid too."""
    words = "".join(cell.text for cell in grid.cells)
    return all(cell.text in words for cell in header.cells)


def _close(open_lines: list[tuple[Flow, Line]], found: list[Block]) -> None:
    if open_lines:
        texts = [one.text for _, one in open_lines]
        full = [_is_full(flow, one) for flow, one in open_lines]
        found.append(Paragraph(joined(texts, full), _locator(open_lines)))
        open_lines.clear()


def _locator(run: Sequence[tuple[Flow, Line]]) -> Locator:
    """The part of a paragraph on the page where it begins."""
    sheet = run[0][0].sheet
    return place(sheet, enclosing(one.box for flow, one in run if flow.sheet is sheet))


def _measure(flows: Sequence[Flow]) -> None:
    """Where the text of each sheet begins and ends, from its own lines or else from those of all sheets."""
    lefts = sorted(one.box[0] for flow in flows for one in flow.lines)
    rights = sorted(one.box[2] for flow in flows for one in flow.lines)
    for flow in flows:
        own = flow.lines
        if len(own) >= 6:
            flow.left = _common_edge(sorted(one.box[0] for one in own), first=True)
            flow.right = _common_edge(sorted(one.box[2] for one in own), first=False)
        elif lefts:
            flow.left, flow.right = _common_edge(lefts, first=True), _common_edge(rights, first=False)


def _common_edge(edges: list[float], first: bool) -> float:
    """The outermost edge that several lines share; the outermost of all where none do."""
    ordered = edges if first else edges[::-1]
    least = max(2, len(edges) // 10)
    for edge in ordered:
        if sum(abs(other - edge) < 6 for other in edges) >= least:
            return edge
    return ordered[0]


def _body_size(flows: Sequence[Flow]) -> float:
    sizes: Counter[float] = Counter()
    for flow in flows:
        for one in flow.lines:
            sizes[one.size] += len(one.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _is_full(flow: Flow, one: Line) -> bool:
    """Whether the line runs to the right edge of the text (a full-width sign may hang back)."""
    return flow.right - one.box[2] < 1.6 * one.size


def _is_centred(flow: Flow, one: Line) -> bool:
    before, behind = one.box[0] - flow.left, flow.right - one.box[2]
    return min(before, behind) > one.size and abs(before - behind) < max(
        2 * one.size, 0.08 * flow.sheet.width
    )


def _begins(run: Sequence[tuple[Flow, Line]], flow: Flow, one: Line, body: float) -> bool:
    """Whether a line begins a new paragraph after the lines of `run`."""
    before_flow, before = run[-1]
    if abs(one.size - before.size) > 0.15 * max(one.size, before.size):
        return True
    if flow is before_flow and one.box[1] - before.box[3] > 1.6 * one.size + _leading(run):
        return True
    if one.size > 1.2 * body:
        # A title of several lines, each of its own length.
        return _HEADING.match(one.text) is not None or before.text[-1] in _ENDS
    if not _is_full(before_flow, before) or one.box[0] - flow.left > 1.2 * one.size:
        return True
    ended = before.text[-1] in _ENDS or _is_centred(before_flow, before)
    return ended and _HEADING.match(one.text) is not None


def _leading(run: Sequence[tuple[Flow, Line]]) -> float:
    """The distance between the last two lines of a paragraph, as far as it has two on one sheet."""
    if len(run) < 2 or run[-1][0] is not run[-2][0]:
        return run[-1][1].size
    return max(0.0, run[-1][1].box[1] - run[-2][1].box[3])
