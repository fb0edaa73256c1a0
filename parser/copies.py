"""Several copies of one report: a page and the files attached to it, or the files of an archive.

The best reading is taken, by evidence, and nothing is mixed: every figure of a record comes from one copy.
What another copy prints otherwise is a finding, since then the source contradicts itself. Works on readings
as `Reading.as_dict()` gives them, because copies that were read on different days meet here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from parser.completion import Other, completed
from parser.document import State
from parser.titles import take_apart

RULE = "copies_differ"
UNLIKE = "copies"
"""The kind of doubt about a copy that is too unlike to be one."""

PAGE = "page"

_YEAR = re.compile(r"(20\d\d)\s*年")
_ENOUGH = 8
"""Figures that two copies must share before it can be said that they are not copies at all."""


class Copy(NamedTuple):
    """One copy: its `part` (page, attachment, member), its `name` (URL, or path in the archive), the reading,
    and the words that announced it (the title of the page or link), where there are some."""

    part: str
    name: str
    record: Mapping[str, Any]
    announced: str = ""

    @property
    def is_report(self) -> bool:
        """Whether a report was read in it."""
        return bool(self.record.get("state", State.REPORT) == State.REPORT and "figures" in self.record)


@dataclass(frozen=True, slots=True)
class Best:
    """The copy that was taken, by its place, and its record with what came of comparing: `copies` (an entry a
    copy with `part`, `name`, `format`, `state`, `figures`, `doubted`, `differing`, `taken`), `taken_because`
    (a sentence), and more findings and doubts."""

    place: int
    record: dict[str, Any]


def best_copy(given: Sequence[tuple[str, str, Mapping[str, Any], str]]) -> Best | None:
    """Choose, compare and tell why; `None` where no copy is a report. A single copy is its own record."""
    copies = [Copy(*one) for one in given]
    places = [place for place, one in enumerate(copies) if one.is_report]
    if not places:
        return None
    year = _year(copies)
    best = max(places, key=lambda place: _weight(copies[place], year))
    taken, text_of = _completed(copies, best, year)
    if len(copies) == 1:
        return Best(best, dict(taken.record))
    doubted = _doubted(taken.record)
    findings, doubts, entries = [], [], []
    for place, one in enumerate(copies):
        differing: list[str] = []
        if place != best and one.is_report:
            differing = _differing(taken.record, one.record)
            same = _same_report(taken.record, one.record)
            if not same or _unlike(taken, one, differing):
                doubts.append(_another(taken, one, same=same, differing=len(differing)))
            else:
                findings += [_finding(taken, one, key, doubted) for key in differing]
        entries.append(_entry(one, taken=place == best, differing=len(differing)))
    record = {
        **taken.record,
        "findings": [*taken.record["findings"], *findings],
        "doubts": [*taken.record["doubts"], *doubts],
        "copies": entries,
        "taken_because": " ".join(_reasons(copies, best, year, text_of)),
    }
    return Best(best, record)


def _year(copies: Sequence[Copy]) -> int | None:
    """The year that is meant: of the page's own report, else in the words that announced it."""
    for one in copies:
        if one.part == PAGE and one.is_report and one.record["year"] is not None:
            return int(one.record["year"])
    years = {year for one in copies if (year := _announced_year(one.announced)) is not None}
    return years.pop() if len(years) == 1 else None


def _announced_year(words: str) -> int | None:
    title = take_apart(words)
    if title is not None:
        return title.year
    found = _YEAR.search(words)
    return int(found[1]) if found else None


def _completed(copies: Sequence[Copy], best: int, year: int | None) -> tuple[Copy, str]:
    """The copy that is taken, with what it does not say itself and the others do, and the name of the one
    whose text it got; a doubt where it is on another year than the one that is meant."""
    taken = copies[best]
    told = sorted(copies, key=lambda one: (one.part != PAGE, one is not taken))
    others = [
        Other(one.name, one.record if _says_the_same(taken, one) else None, one.announced) for one in told
    ]
    record, text_of = completed(taken.record, others)
    own = taken.record["year"]
    unsure = any(doubt["kind"] == doubt["where"] == "year" for doubt in taken.record["doubts"])
    if year is not None and own not in (None, year) and not unsure:
        message = f"The report on {year} was announced; this is the one on {own}."
        record["doubts"] = [
            *record["doubts"],
            {"kind": "year", "where": "year", "message": message, "locator": {}},
        ]
    return taken._replace(record=record), text_of


def _says_the_same(taken: Copy, one: Copy) -> bool:
    return one is not taken and one.is_report and _same_report(taken.record, one.record)


def _weight(copy: Copy, year: int | None) -> tuple[bool, int, int, bool]:
    """The report on the year that is meant; then most figures without a doubt; then fewest doubts; between
    equals the page, and of files the first."""
    other_year = year is not None and copy.record["year"] not in (None, year)
    return not other_year, _certain(copy.record), -len(copy.record["doubts"]), copy.part == PAGE


def _certain(record: Mapping[str, Any]) -> int:
    doubted = _doubted(record)
    return sum(
        figure["value"] is not None and not _within(figure["key"], doubted) for figure in record["figures"]
    )


def _doubted(record: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple({doubt["where"] for doubt in record["doubts"]})


def _within(key: str, places: tuple[str, ...]) -> bool:
    """Whether a doubt names this figure, its row or its table."""
    return any(key == place or key.startswith(f"{place}.") for place in places)


def _same_report(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Nothing says that the two are of different organs, years or forms. Pages name an organ in short."""
    for name in ("year", "form"):
        if None not in (one[name], other[name]) and one[name] != other[name]:
            return False
    short, long = sorted((one["agency"] or "", other["agency"] or ""), key=len)
    return short in long


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Keys of figures that both print in one unit, and print otherwise. A blank is 0, as in the relations
    of the forms."""
    mine, others = _values(one), _values(other)
    return [
        key
        for key, (value, unit) in mine.items()
        if key in others and others[key][1] == unit and others[key][0] != value
    ]


def _values(record: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        figure["key"]: (figure["value"] or 0, figure["unit"])
        for figure in record["figures"]
        if _understood(figure)
    }


def _understood(figure: Mapping[str, Any]) -> bool:
    return figure["value"] is not None or not str(figure["printed"]).strip()


def _unlike(taken: Copy, one: Copy, differing: Sequence[str]) -> bool:
    """Whether so much differs that this is another report, or was read in other rows and columns."""
    shared = len(_values(taken.record).keys() & _values(one.record).keys())
    return shared >= _ENOUGH and 2 * len(differing) > shared


def _finding(taken: Copy, one: Copy, key: str, doubted: tuple[str, ...]) -> dict[str, Any]:
    """`hard` where both sides were read without a doubt. Locators: the taken side, then the other copy's."""
    here, there = (
        next(figure for figure in copy.record["figures"] if figure["key"] == key) for copy in (taken, one)
    )
    uncertain = _within(key, doubted) or _within(key, _doubted(one.record))
    return {
        "rule": RULE,
        "where": key,
        "expected": there["value"] if there["value"] is not None else there["printed"],
        "found": here["value"] if here["value"] is not None else here["printed"],
        "severity": "soft" if uncertain else "hard",
        "locators": [here["locator"], {"copy": one.name, **there["locator"]}],
    }


def _another(taken: Copy, one: Copy, *, same: bool, differing: int) -> dict[str, Any]:
    if same:
        told = f"prints {differing} other numbers, too many for a copy"
    else:
        told = "is another report by its organ, year or form"
    message = f"“{one.name}” {told}; “{taken.name}” was taken."
    return {"kind": UNLIKE, "where": "document", "message": message, "locator": {}}


def _entry(one: Copy, *, taken: bool, differing: int) -> dict[str, Any]:
    record = one.record if one.is_report else {"figures": [], "doubts": []}
    # What stands in an archive was compared there already.
    inner = {"copies": one.record["copies"]} if one.record.get("copies") else {}
    return inner | {
        "part": one.part,
        "name": one.name,
        "format": one.record.get("source_format"),
        "state": str(one.record.get("state", State.REPORT)),
        "figures": sum(figure["value"] is not None for figure in record["figures"]),
        "doubted": sum(figure["value"] is not None for figure in record["figures"]) - _certain(record),
        "differing": differing,
        "taken": taken,
    }


def _reasons(copies: Sequence[Copy], best: int, year: int | None, text_of: str) -> list[str]:
    """All that is to be said of the choice; of an archive also how it was made in there."""
    reasons = [_reason(copies, best, year)]
    inside = copies[best].record.get("taken_because")
    if inside and inside not in reasons:
        reasons.append(f"In it: {inside}")
    if text_of:
        reasons.append(f"The text is that of “{text_of}”.")
    return reasons


def _reason(copies: Sequence[Copy], best: int, year: int | None) -> str:
    """Why this copy and no other, in a sentence."""
    taken = copies[best]
    rivals = [one for place, one in enumerate(copies) if place != best and one.is_report]
    if not rivals:
        return "No other copy holds a report."
    mine, second = _weight(taken, year), max(_weight(one, year) for one in rivals)
    if mine[0] > second[0]:
        return f"It is the report on {year}, and no other copy is."
    if mine[1] > second[1]:
        return f"It has {mine[1]} figures without a doubt, the next copy {second[1]}."
    if mine[2] > second[2]:
        return f"It has {mine[1]} figures like the next copy, and fewer doubts ({-mine[2]} and {-second[2]})."
    return f"The copies read alike ({mine[1]} figures); the {'page' if mine[3] else 'first'} counts."
