"""Text boxes on the sheets of an XML workbook. Source: ECMA-376 part 1, 20.5 (SpreadsheetML drawings)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

Box = tuple[int, int, str]
"""Row and column from 0 where a text box begins, and one paragraph of it."""

_MOST_LINES = 2_000


def boxes(drawing: Element) -> list[Box]:
    """The paragraphs of all text boxes of a drawing by the cells where the boxes begin."""
    found: list[Box] = []
    for anchor in drawing:
        start = next((part for part in anchor if _name(part) == "from"), None)
        place = {_name(part): part.text for part in start} if start is not None else {}
        row, column = _number(place.get("row")), _number(place.get("col"))
        found += [(row, column, text) for body in _bodies(anchor) for text in _lines(body)]
        if len(found) > _MOST_LINES:
            break
    return sorted(found[:_MOST_LINES], key=lambda box: box[:2])


def _bodies(parent: Element) -> Iterator[Element]:
    """The texts of shapes that are shown; of alternative contents the first one."""
    for part in parent:
        name = _name(part)
        if name == "txBody":
            yield part
        elif name != "Fallback" and not _hidden(part):
            yield from _bodies(part)


def _hidden(shape: Element) -> bool:
    looks = (look for part in shape if _name(part).startswith("nv") for look in part)
    return any(_name(look) == "cNvPr" and look.get("hidden") in ("1", "true") for look in looks)


def _lines(body: Element) -> Iterator[str]:
    for paragraph in body:
        if _name(paragraph) == "p":
            pieces = (
                "\n" if _name(part) == "br" else part.text or ""
                for part in paragraph.iter()
                if _name(part) in ("t", "br")
            )
            if text := "".join(pieces).strip():
                yield text


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0


def _name(element: Element) -> str:
    """A tag without its namespace."""
    return str(element.tag).rpartition("}")[2]
