"""The chapters of a report and the text below each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from parser.document import Document, Grid, Locator
from parser.folding import chinese_number, fold
from parser.report import Section

_NUMBERED = re.compile(r"^\s*(?:第)?([一二三四五六七八九十]{1,3})(?:[、.．,，]|部分[、:：\s]?|章\s?)\s*")
_LONGEST = 45
_KNOWN = re.compile(
    r"总体情况|概述|主动公开|收到和处理|依申请公开|复议|诉讼|主要问题|存在的?问题|改进|其他需要报告|收费|机构|附表|附件"
)
_INLINE = re.compile(r"^(.{4,40}?)[。：:\s]\s*(?=\S)")


_ANNEX = re.compile(r"^\s*(?:附件|附表|附)\s*\d?\s*[：:]|^\s*附\s*[件表]\s*\d?\s*$")


@dataclass(slots=True)
class _Chapter:
    heading: str
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Narrative:
    """`preamble` is what stands before the first chapter."""

    preamble: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line of running text and where it stands."""

    text: str
    locator: Locator


def prose_lines(document: Document, rows: frozenset[tuple[int, int]]) -> Iterator[Spoken]:
    """Running text in order; table rows count when no form has read them and they have one cell only."""
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Grid):
            if (number, 0) not in rows and block.text.strip():
                yield Spoken(block.text, block.locator)
            continue
        for row, cells in block.by_row():
            if (number, row) in rows:
                continue
            filled = [cell for cell in cells if cell.text]
            if len(filled) == 1:
                yield Spoken(filled[0].text, filled[0].locator)


def read_sections(lines: Sequence[str]) -> Narrative:
    """Cut running text into chapters by their numbered headings (一、 二、 …), in rising order; a number that
    falls back is a list inside a chapter. The line that announces an annex ends the last one."""
    preamble: list[str] = []
    chapters: list[_Chapter] = []
    last = 0
    for text in lines:
        found = _NUMBERED.match(text)
        number = chinese_number(found.group(1)) if found else None
        if found and number is not None and _opens(text, number, last):
            heading, rest = _split(text)
            chapters.append(_Chapter(heading, [rest] if rest else []))
            last = number
        elif chapters and _ANNEX.match(text):
            break
        elif chapters:
            chapters[-1].lines.append(text)
        else:
            preamble.append(text)
    sections = tuple(Section(chapter.heading, "\n".join(chapter.lines)) for chapter in chapters)
    return Narrative("\n".join(preamble), sections)


def _opens(text: str, number: int, last: int) -> bool:
    folded = fold(text)
    heading, _ = _split(text)
    known = _KNOWN.search(fold(heading)) is not None
    if len(fold(heading)) > _LONGEST:
        return False
    if number == last + 1:
        return known or len(folded) <= _LONGEST
    return known and (number > last or len(folded) <= _LONGEST) and number >= last


def _split(text: str) -> tuple[str, str]:
    """Heading and, where it goes on in the same paragraph, the text behind it."""
    head, line_break, rest = text.strip().partition("\n")
    if line_break and len(fold(head)) <= _LONGEST:
        return head.strip(), rest.strip()
    whole = text.strip()
    if len(fold(whole)) <= _LONGEST and not whole.endswith("。"):
        return whole, ""
    inline = _INLINE.match(whole)
    if inline:
        return inline.group(1).strip(), whole[inline.end() :].strip()
    return whole, ""
