"""What a reader of a page sees, and in what kind of thing two payloads of one page differ.

Government pages change every night without saying anything else: the view counter moves, the date line is
today's, the list of related links is another one, a token in a script is new. Such a page is not another
page, and this says which of these it was. It knows nothing of reports: whether a *report* changed is told by
what the parser reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from lxml import etree, html  # type: ignore[import-untyped]

from parser.readers import detect
from parser.readers.charset import decode

COUNTER, DATE, NAVIGATION, MARKUP, TEXT, BINARY = (
    "counter", "date", "navigation", "markup", "text", "binary",
)  # fmt: skip
INSIGNIFICANT = frozenset({COUNTER, DATE, NAVIGATION, MARKUP})
"""Kinds of differences that leave what a page says as it was; `markup` is what no reader sees."""

_UNSEEN = frozenset({"script", "style", "noscript", "template"})
_LINKS = frozenset({"a", "nav", "header", "footer", "aside", "select"})
_LINK_NAMES = re.compile(
    r"(?:^|[-_ ])(?:nav|menu|crumbs?|breadcrumb|sidebar|related|footer)(?:$|[-_ ])", re.I
)
_BLANKS = re.compile(r"\s+")
_COUNTED = r"浏览|阅读|点击|访问|观看|\bviews?\b|\bhits?\b|\breads?\b"
_COUNTER = re.compile(
    rf"((?:{_COUNTED})[^\d\n]{{0,8}})\d[\d,]*|\d[\d,]*(?=\s*(?:人?次)?\s*(?:{_COUNTED}))", re.IGNORECASE
)
_DATE = re.compile(
    r"(?:(?:\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}(?:\s*日)?|\d{1,2}\s*月\s*\d{1,2}\s*日"
    r"|\d{1,2}:\d{2}(?::\d{2})?|星期[一二三四五六日天]|农历[^\s\d]{2,8})\s*)+"
)

Piece = tuple[str, bool]
"""A run of text, and whether it belongs to links and navigation."""


def differences(old: bytes, new: bytes) -> tuple[str, ...]:
    """The kinds of what differs between two payloads (without content coding), in the order they are listed.

    Nothing where they are equal; `markup` alone where a reader sees the same; `binary` for files of which
    nothing is seen without reading them.
    """
    if old == new:
        return ()
    before, after = _pieces(old), _pieces(new)
    if before is None or after is None:
        return (BINARY,)
    found: set[str] = set()
    texts = [piece[0] for piece in before], [piece[0] for piece in after]
    for kind, start, end, into, until in SequenceMatcher(None, *texts).get_opcodes():
        if kind != "equal":
            found |= _kinds(before, slice(start, end), after, slice(into, until))
    return tuple(kind for kind in (TEXT, COUNTER, DATE, NAVIGATION) if kind in found) or (MARKUP,)


def source_lines(payload: bytes) -> list[str] | None:
    """The source of a page or text, a line an element, or `None` for what is no text."""
    kind = detect(payload)
    if kind not in ("html", "text"):
        return None
    text = decode(payload).text
    if kind == "html":
        text = re.sub(r">[ \t]*<", ">\n<", text)
    return [line.rstrip() for line in text.splitlines()]


def _pieces(payload: bytes) -> list[Piece] | None:
    """The text that is seen, in order; `None` for what is no text."""
    kind = detect(payload)
    if kind not in ("html", "text"):
        return None
    text = decode(payload).text.replace("\x00", "")
    if kind == "text":
        return [(line, False) for line in map(_plain, text.splitlines()) if line]
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # a page of nothing but comments
        return []
    return [(plain, link) for text, link in _walk(root) if (plain := _plain(text))]


def _walk(root: html.HtmlElement) -> Iterator[Piece]:
    unseen = links = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("start", "end"):
            step = 1 if event == "start" else -1
            unseen += step * (element.tag in _UNSEEN)
            links += step * _is_link(element)
        text = element.text if event == "start" else element.tail
        if text and not unseen:
            yield text, links > 0


def _is_link(element: html.HtmlElement) -> bool:
    if element.tag in _LINKS:
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return _LINK_NAMES.search(names) is not None


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def _kinds(before: Sequence[Piece], old: slice, after: Sequence[Piece], new: slice) -> set[str]:
    """What differs in one place. What stands before it says what its number counts."""
    found = set()
    if [text for text, link in before[old] if link] != [text for text, link in after[new] if link]:
        found.add(NAVIGATION)
    was, now = _sentence(before, old), _sentence(after, new)
    if was == now:
        return found
    for kind, pattern in ((DATE, _DATE), (COUNTER, _COUNTER)):
        masked = tuple(pattern.sub(r"\1#" if kind == COUNTER else "@", text) for text in (was, now))
        if masked != (was, now) and _differ_there(pattern, was, now):
            found.add(kind)
            was, now = masked
    return found if was == now else found | {TEXT}


def _sentence(pieces: Sequence[Piece], place: slice) -> str:
    lead = pieces[place.start - 1][0] if place.start else ""
    return " ".join([lead, *(text for text, link in pieces[place] if not link)])


def _differ_there(pattern: re.Pattern[str], was: str, now: str) -> bool:
    return [match[0] for match in pattern.finditer(was)] != [match[0] for match in pattern.finditer(now)]
