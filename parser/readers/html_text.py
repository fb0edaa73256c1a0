"""Text, visibility and place of HTML elements."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from itertools import islice

from lxml import etree  # type: ignore[import-untyped]
from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.folding import RAISED

SKIPPED_TAGS = frozenset(
    {
        "head",
        "script",
        "style",
        "noscript",
        "template",
        "textarea",
        "select",
        "button",
        "svg",
        "math",
        "iframe",
    }
    | {"object", "embed", "audio", "video", "canvas", "map", "del", "s", "strike", "input", "nav"}
)
"""Elements whose text is not the page's, or is struck out."""

BLOCK_TAGS = frozenset(
    {
        "html",
        "body",
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
    }
    | {"figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend"}
    | {"li", "main", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
    | {"caption", "ucapcontent", "ucapsource", "ucaptitle"}
)
"""Elements that begin a new line."""

_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|text-decoration[^;]*line-through"
    r"|mso-special-character\s*:\s*comment|mso-element\s*:\s*comment-list",
    re.IGNORECASE,
)
_WHITE = re.compile(r"(?<![-\w])color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgb\(\s*255\s*,\s*255\s*,\s*255)", re.I)
_BACKGROUND = re.compile("background", re.IGNORECASE)
_FONTS = etree.XPath("//font[@color]")
_MARKED, _STYLED = etree.XPath("//*[@hidden]"), etree.XPath("//*[@style]")
_STYLES = etree.XPath("//@style", smart_strings=False)
_BLANKS = re.compile(r"[ \t\r\n\f\v\xa0]+")
_MOST_INNER = 200
_DEEPEST = 100
"""Elements inside one another in a cell, beyond which nobody sees what is a block."""
_INVISIBLE = re.compile(r"[\u200b-\u200d\u2060\ufeff\u00ad]")
_UNTIDY = re.compile(r"[ \t\r\n\f\v\xa0\u3000\u200b-\u200d\u2060\ufeff\u00ad]")


def hidden_in(tree: Element) -> frozenset[Element]:
    """The elements that their own attributes take out of sight.

    They are looked for once a page: to ask each element for its attributes takes longer than to read its
    text, and a page of Word has thousands of styled elements in a few styles, none of which hides anything.
    """
    hidden = set(_MARKED(tree))
    written = set(_STYLES(tree))
    styles = {style for style in written if _HIDDEN.search(style)}
    if styles:
        hidden.update(element for element in _STYLED(tree) if element.get("style") in styles)
    hidden.update(_white_in_cells(tree, {style for style in written if _WHITE.search(style)}))
    return frozenset(hidden)


def _white_in_cells(tree: Element, styles: Container[str]) -> Iterator[Element]:
    """White text beside other text in a cell of a table that nobody gave a background: nobody sees it.
    `styles` are those that make text white."""
    white = [
        font for font in _FONTS(tree) if font.get("color").strip().lower() in ("#fff", "#ffffff", "white")
    ]
    white += [element for element in _STYLED(tree) if element.get("style") in styles] if styles else []
    cells: dict[Element, list[Element]] = {}
    for element in white:
        around = [element, *element.iterancestors()]
        cell = next((one for one in around if one.tag in ("td", "th")), None)
        if cell is not None and element is not cell and not any(map(_has_background, around)):
            cells.setdefault(cell, []).append(element)
    for cell, members in cells.items():
        # A cell that holds half the page is none of a table.
        if len(members) <= _MOST_INNER and len(list(islice(cell.iter(), _MOST_INNER + 1))) <= _MOST_INNER:
            unseen = "".join("".join(member.itertext()) for member in members)
            if len("".join(unseen.split())) < len("".join("".join(cell.itertext()).split())):
                yield from members


def _has_background(element: Element) -> bool:
    return element.get("bgcolor") is not None or _BACKGROUND.search(element.get("style") or "") is not None


def own_text(text: str) -> str:
    """Text as a browser shows it: runs of blanks are one, none at the ends."""
    if text.isalnum() or not _UNTIDY.search(text):
        return text
    return _BLANKS.sub(" ", _INVISIBLE.sub("", text)).strip(" \u3000")


def text_of(element: Element, hidden: frozenset[Element]) -> str:
    """The text below an element, one line a block or `<br>`, without what is in `hidden`."""
    if len(element) == 0:
        return own_text(element.text or "")
    pieces: list[str] = []
    _collect(element, pieces, hidden, 0)
    text = "".join(pieces).strip("\x1e \t\r\n")
    # Nearly every cell is one line, however many elements it is wrapped in.
    if "\x1e" not in text:
        return "" if text.isspace() else own_text(text)
    lines = (own_text(line) for line in text.split("\x1e") if line and not line.isspace())
    return "\n".join(line for line in lines if line)


def _collect(element: Element, pieces: list[str], hidden: frozenset[Element], depth: int) -> None:
    if depth > _DEEPEST:
        pieces.extend(element.itertext())
        return
    if element.text:
        pieces.append(element.text)
    for child in element:
        tag = child.tag
        if isinstance(tag, str) and tag not in SKIPPED_TAGS and child not in hidden:
            edge = tag in BLOCK_TAGS or tag == "br"
            if edge:
                pieces.append("\x1e")
            if tag == "sup" and any(piece.strip() for piece in pieces) and (child.text or "").isdigit():
                pieces.append(child.text.translate(RAISED))
            else:
                _collect(child, pieces, hidden, depth + 1)
            if edge:
                pieces.append("\x1e")
        elif tag == "input" and child not in hidden and child.get("type", "text") == "text":
            pieces.append(child.get("value", ""))
        if child.tail:
            pieces.append(child.tail)


def paths(element: Element) -> str:
    """The absolute XPath of an element."""
    return str(element.getroottree().getpath(element))
