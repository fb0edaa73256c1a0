"""Years, periods and days as reports write them."""

from __future__ import annotations

import re
from datetime import date

from parser.folding import chinese_number

_CHINESE_YEAR = re.compile(r"([一二][一二三四五六七八九〇○零ΟO0]{3})(?=年)")
_CHINESE_DAY = re.compile(r"([一二三]?十?[一二三四五六七八九十])(?=[月日])")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年)")
_PERIOD = re.compile(
    r"(?P<y1>(?:19|20)\d{2})年(?P<m1>\d{1,2})月(?P<d1>\d{1,2})日?起?(?:至|到|—+|-+|~|～|–)"
    r"(?:(?P<y2>(?:19|20)\d{2})年|本?年|当年)?(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日?"
)
_DOTTED_PERIOD = re.compile(
    r"(?P<y1>20\d{2})[./-](?P<m1>\d{1,2})[./-](?P<d1>\d{1,2})(?:至|到|—+|-+|~)"
    r"(?:(?P<y2>20\d{2})[./-])(?P<m2>\d{1,2})[./-](?P<d2>\d{1,2})"
)
_DOTTED_YEAR = re.compile(r"20\d{2}[./-]")
_DAY = r"((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_CLOCK = r"(?:[\sT]*(\d{1,2}:\d{2}(?::\d{2})?))?"
_LABELLED = re.compile(
    r"(?<!填报)(?<!统计)(?:发布日期|发布时间|公开日期|公布日期|公布时间|公开时间|发文日期|信息时间|发布于|成文日期|生成日期|日期|时间)"
    rf"\s*[:：]?\s*[\[（(【]?\s*{_DAY}{_CLOCK}"
)
_ANY_DAY = re.compile(_DAY + _CLOCK)
_URL_DAY = re.compile(r"/t?(20\d{2})(\d{2})(\d{2})_\d+\.|/(20\d{2})/(\d{1,2})/(\d{1,2})/")


def arabic(text: str) -> str:
    """The text with years, months and days in Arabic digits: `二〇二二年十二月` becomes `2022年12月`."""
    return _CHINESE_DAY.sub(_digits, _CHINESE_YEAR.sub(_digits, text))


def _digits(found: re.Match[str]) -> str:
    value = chinese_number(found.group(1).replace("0", "〇"))
    return found.group() if value is None else str(value)


def first_year(folded: str) -> int | None:
    """The first year in a folded text (`2022年`, `二〇二二年`)."""
    found = _YEAR.search(arabic(folded))
    return int(found.group(1)) if found else None


def period_in(folded: str) -> tuple[str, str] | None:
    """The first span of days in a folded text, as two ISO days; an end without year is in the year of the
    beginning."""
    # Most lines have no span, and two searches are more than a look for what a span must have.
    if folded.count("月") < 2 and not _DOTTED_YEAR.search(folded):
        return None
    text = arabic(folded)
    for pattern in (_PERIOD, _DOTTED_PERIOD):
        for found in pattern.finditer(text):
            first = _iso(found["y1"], found["m1"], found["d1"])
            last = _iso(found["y2"] or found["y1"], found["m2"], found["d2"])
            if first and last and first < last:
                return first, last
    return None


def day_in_tag(value: str) -> str | None:
    """The day, with the time where there is one, of a page tag: `2024-03-08 15:34`."""
    found = _ANY_DAY.search(value)
    return _day(found) if found else None


def labelled_day(text: str) -> str | None:
    """The first day that stands behind a label of publication."""
    found = _LABELLED.search(arabic(text))
    return _day(found) if found else None


def day_in_url(url: str) -> str | None:
    """The day in a URL of the usual families (`/t20240308_87885.htm`, `/2018/2/28/`)."""
    found = _URL_DAY.search(url)
    if not found:
        return None
    year, month, day = found.groups()[:3] if found.group(1) else found.groups()[3:]
    return _iso(year, month, day)


def _day(found: re.Match[str]) -> str | None:
    iso = _iso(found.group(1), found.group(2), found.group(3))
    clock = found.group(4)
    return f"{iso} {clock.zfill(5)}" if iso and clock else iso


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
