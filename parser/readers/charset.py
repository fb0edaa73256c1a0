"""Bytes to text, without believing what a page declares about itself.

Chinese government pages declare `gb2312` over GBK or GB18030 bytes, or UTF-8 over GBK. The bytes decide, in
an order that was right on every page measured: byte order mark, strict UTF-8, strict GB18030, and for pages
with damaged bytes the reading that needs the fewest replacements.
"""

from __future__ import annotations

import codecs
from typing import NamedTuple

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CANDIDATES = ("utf-8", "gb18030", "big5")


class Decoded(NamedTuple):
    """Text, the encoding it was read in, and how many characters had to be replaced."""

    text: str
    encoding: str
    replaced: int


def decode(payload: bytes) -> Decoded:
    """Decode a payload; never raises."""
    for mark, encoding in _MARKS:
        if payload.startswith(mark):
            text = payload[len(mark) :].decode(encoding, "replace")
            return Decoded(text, encoding, text.count("\ufffd"))
    wide = _without_mark(payload)
    if wide is not None:
        return wide
    for encoding in ("utf-8", "gb18030"):
        try:
            return Decoded(payload.decode(encoding), encoding, 0)
        except UnicodeDecodeError:
            continue
    readings = [(payload.decode(encoding, "replace"), encoding) for encoding in _CANDIDATES]
    text, encoding = min(readings, key=lambda reading: reading[0].count("\ufffd"))
    return Decoded(text, encoding, text.count("\ufffd"))


def _without_mark(payload: bytes) -> Decoded | None:
    """UTF-16 without a byte order mark: every other octet of its markup and digits is zero."""
    head = payload[:512]
    if len(head) < 8 or head.count(0) < len(head) // 8:
        return None
    encoding = "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
    try:
        text = payload.decode(encoding)
    except UnicodeDecodeError:
        return None
    return Decoded(text, encoding, 0) if "\x00" not in text else None
