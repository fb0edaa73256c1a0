"""Inline markup of Markdown, taken away as a renderer would: what stays is what a reader sees."""

from __future__ import annotations

import re
from html import unescape

from parser.folding import RAISED

_MARKED = re.compile(r"[*_`~<&\\\[]")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_STRUCK = re.compile(r"~~[^~]*~~|<(s|del|strike)\b[^>]{0,200}>.{0,200}?</\1\s*>", re.IGNORECASE)
_RAISED = re.compile(r"(?<=\S)(?:<sup>\s*(\d+)\s*</sup>|\[\^(\d+)\])", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_EMPHASIS = re.compile(r"\*\*|__|`")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()（）#+\-.!|~<>])")


def plain(text: str, line_break: str) -> str:
    """The text without its marks; `<br>` becomes `line_break`."""
    if not _MARKED.search(text):
        return text
    text = _BREAK.sub(line_break, text)
    text = _RAISED.sub(lambda found: (found[1] or found[2]).translate(RAISED), _STRUCK.sub("", text))
    text = _EMPHASIS.sub("", _TAG.sub("", _LINK.sub(r"\1", text)))
    return unescape(_ESCAPED.sub(r"\1", text))
