"""Octets of an RTF file as characters: each font has its own code page, and writers get it wrong."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

_CHARSETS = {
    0: "cp1252", 2: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030",
    136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_WIDE = {"gb18030", "cp932", "cp949", "cp950", "johab"}
_CHINESE = "gb18030"


@dataclass(slots=True)
class CodePages:
    """The document's code page and those of its fonts."""

    document: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)

    def set_document(self, number: int) -> None:
        """Take `\\ansicpg`; a number that Python has no codec for changes nothing."""
        try:
            name = codecs.lookup(_CHINESE if number in (936, 54936) else f"cp{number}").name
        except LookupError:
            return
        self.document = name

    def set_font(self, font: int, charset: int) -> None:
        """Take `\\fcharset`; 1 means the document's own."""
        if charset in _CHARSETS:
            self.fonts[font] = _CHARSETS[charset]

    def text(self, octets: bytes, fonts: tuple[int, ...]) -> str:
        """Characters of a run of octets in these fonts, the nearest first.

        A code page of two octets a character is believed before one that can read anything.
        """
        if octets.isascii():
            return octets.decode("ascii")
        known = [self.fonts[font] for font in fonts if font in self.fonts]
        wide = [name for name in (*known, self.document) if name in _WIDE]
        for name in dict.fromkeys((*wide, _CHINESE)):
            try:
                return octets.decode(name)
            except UnicodeDecodeError:
                continue
        if wide:
            return octets.decode(wide[0], "replace")
        return octets.decode(known[0] if known else self.document, "replace")
