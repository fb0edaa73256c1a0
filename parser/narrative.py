"""What a report says in words: title, agency, year, period, publication, contact, chapters, fees."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from parser.agencies import find_agency
from parser.contact import find_contact
from parser.dates import arabic, day_in_tag, day_in_url, first_year, labelled_day, period_in
from parser.document import Document
from parser.folding import fold
from parser.numbers import MOST_DIGITS
from parser.report import Doubt, Fee
from parser.sections import Narrative, read_sections
from parser.titles import Title

_PERIOD_WORDS = re.compile(r"统计|期限|数据|起止|时间")
_YEARS = re.compile(r"(?<!\d)(20\d{2})年")
_SENTENCE = re.compile(r"[^。；;！!\n]+[。；;！!]?")
_PROCESSING_FEE = "信息处理费"
_NONE_TAKEN = re.compile(
    r"(?:未|没有|无|不|未曾|均未)(?:产生|发生|收取|向|对|进行|涉及|有)?[^，。；]{0,24}(?:费|收费)|免费"
)
# Only from the first digit on: a run of digits would else be tried from each of them.
_AMOUNT = re.compile(r"(?<![\d,])(\d[\d,]*(?:\.\d+)?)(万元|元)")


@dataclass(frozen=True, slots=True)
class Story:
    """The words of a report, taken apart."""

    agency: str | None
    year: int | None
    period: tuple[str, str] | None
    published: str | None
    contact: dict[str, str]
    narrative: Narrative
    fee: Fee | None
    doubts: tuple[Doubt, ...]


def tell(document: Document, title: Title | None, lines: list[str]) -> Story:
    """Take the words apart. `lines` are the document's running text without the tables."""
    text = "\n".join(lines)
    folded = fold(text)
    narrative = read_sections(lines)
    period = _period(lines)
    agency = find_agency(title, document.meta, folded)
    year, doubts = _year(title, period, folded)
    if agency is None:
        doubts.append(Doubt("agency", "agency", "Neither title nor text nor page tags name the agency."))
    return Story(
        agency=agency,
        year=year,
        period=period,
        published=_published(document, lines),
        contact=find_contact(text),
        narrative=narrative,
        fee=_fee(narrative, text),
        doubts=tuple(doubts),
    )


def year_told(title: Title | None, lines: list[str]) -> int | None:
    """The reporting year of the title, else of the period of the statistics, else `None`."""
    if title is not None and title.year:
        return title.year
    period = _period(lines)
    return int(period[1][:4]) if period else None


def _period(lines: list[str]) -> tuple[str, str] | None:
    """The span of days that the statistics cover: one that is called so, else a whole year."""
    for line in lines:
        folded = fold(line)
        span = period_in(folded)
        if span is None:
            continue
        if _PERIOD_WORDS.search(folded) or (span[0].endswith("-01-01") and span[1].endswith("-12-31")):
            return span
    return None


def _year(title: Title | None, period: tuple[str, str] | None, folded: str) -> tuple[int | None, list[Doubt]]:
    """The reporting year: the title's, else the period's, else the one that the text speaks of most."""
    covered = int(period[1][:4]) if period else None
    if title is not None and title.year:
        if covered is not None and covered != title.year:
            message = f"The title says {title.year}, the period of the statistics ends in {covered}."
            return title.year, [Doubt("year", "year", message)]
        return title.year, []
    if covered is not None:
        return covered, []
    years = Counter(_YEARS.findall(arabic(folded)))
    if years:
        year = int(years.most_common(1)[0][0])
        return year, [
            Doubt("year", "year", f"No title or period gives the year; the text speaks of {year} most.")
        ]
    return first_year(folded), [Doubt("year", "year", "Nothing gives the year of the report.")]


def _published(document: Document, lines: list[str]) -> str | None:
    tag = document.meta.get("PubDate")
    if tag and (day := day_in_tag(tag)):
        return day
    for line in lines:
        if len(line) < 200 and (day := labelled_day(line)):
            return day
    return day_in_url(document.meta.get("Url", ""))


def _fee(narrative: Narrative, text: str) -> Fee | None:
    """The statement on fees for requests, which the form asks for in section 六."""
    sentences = [
        sentence.strip()
        for section in reversed(narrative.sections)
        for sentence in _SENTENCE.findall(section.text)
        if _PROCESSING_FEE in fold(sentence)
    ] or [sentence.strip() for sentence in _SENTENCE.findall(text) if _PROCESSING_FEE in fold(sentence)]
    telling = [sentence for sentence in sentences if _amount(sentence) is not None]
    if telling:
        return Fee(telling[0], _amount(telling[0]))
    return Fee(sentences[0], None) if sentences else None


def _amount(sentence: str) -> Decimal | None:
    """Yuan taken, 0 where the sentence says that nothing was taken, `None` where it says neither."""
    folded = fold(sentence)
    found = _AMOUNT.search(folded)
    if found and len(found.group(1)) <= MOST_DIGITS:
        value = Decimal(found.group(1).replace(",", ""))
        return value * 10000 if found.group(2) == "万元" else value
    return Decimal(0) if _NONE_TAKEN.search(folded) else None
