"""Characters of a Word document that are written in other ways than as text: results of fields, equations,
characters of a font by their place in it, drawn titles.

Source: ECMA-376 part 1, 17.16, 17.3.3.30 and 22.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.folding import RAISED
from parser.readers.docx_numbers import W

FIELD = f"{W}fldChar"
SYMBOL = f"{W}sym"
WORD_ART = "{urn:schemas-microsoft-com:vml}textpath"
"""A title that is drawn: its text is an attribute."""

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_STRICT_M = "{http://purl.oclc.org/ooxml/officeDocument/math}"
MATHS = frozenset({f"{_M}oMath", f"{_STRICT_M}oMath"})

_PICTURES = ("wingdings", "webdings", "zapf", "mt extra")
"""Beginnings of the names of fonts that have pictures in the places of letters and digits."""
_PRIVATE = 0xF000
"""Where Word puts the characters of a font that has an order of its own."""


@dataclass(slots=True)
class Fields:
    """The fields that are open at a place of a paragraph, each with whether its result has begun. A field in
    the code of another one shows nothing, not even its result."""

    begun: list[bool] = field(default_factory=list)

    def meet(self, mark: Element) -> None:
        """Take the mark of a field's beginning, middle or end."""
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            self.begun.append(False)
        elif self.begun and kind == "separate":
            self.begun[-1] = True
        elif self.begun and kind == "end":
            self.begun.pop()

    def meet_all(self, run: Element) -> None:
        """Take the marks in a run that shows nothing itself."""
        for mark in run.iter(FIELD):
            self.meet(mark)

    @property
    def in_code(self) -> bool:
        return not all(self.begun)


def drawn(node: Element) -> str:
    """The text of an equation, or of a character that is named by its font and its place in it."""
    return _symbol(node) if node.tag == SYMBOL else _equation(node)


def _equation(node: Element) -> str:
    """An equation in one line: raised digits stay raised, what is divided by has a stroke before it."""
    name = str(node.tag).rpartition("}")[2]
    if name == "t":
        return node.text or ""
    text = "".join(_equation(child) for child in node)
    if name in {"sup", "sub"}:
        return text.translate(RAISED)
    return f"/{text}" if name == "den" else text


def _symbol(node: Element) -> str:
    """Nothing for a character that is a picture."""
    font = (node.get(f"{W}font") or "").lower()
    try:
        code = int(node.get(f"{W}char") or "", 16)
    except ValueError:
        return ""
    code -= _PRIVATE if _PRIVATE < code <= _PRIVATE + 0xFF else 0
    return chr(code) if 0x20 < code < _PRIVATE and not font.startswith(_PICTURES) else ""
