"""The national forms: which one a document fills in, and its figures.

A form is a set of tables (`Form.tables`) with evidence of its own; the tables' readers are shared, since
the forms differ in rows and columns and not in shape. Reading goes by what is printed; the form is told
afterwards, by content and not by year.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from parser.document import Document
from parser.forms import form_2019, form_2021, form_pre2019
from parser.forms.evidence import Evidence, gather
from parser.forms.gaps import missing_tables
from parser.forms.proactive import read_proactive
from parser.forms.regions import FUJIAN, PROACTIVE, REQUESTS, REVIEW, STATISTICS, Region, regions
from parser.forms.requests import read_requests
from parser.forms.review import read_review
from parser.forms.sheet import Sheet
from parser.forms.statistics import read_statistics
from parser.forms.vocabulary import entries
from parser.forms.years import of_own_year
from parser.report import Doubt, Figure

FORMS = (form_2021, form_2019, form_pre2019)
"""The forms, newest first: of two with equal evidence the newer one is taken."""

_READERS: dict[str, Callable[[Region], Sheet]] = {
    PROACTIVE: read_proactive,
    REQUESTS: read_requests,
    REVIEW: read_review,
    STATISTICS: read_statistics,
    FUJIAN: read_statistics,
}
_ORDER = {entry.key: place for place, entry in enumerate(entries())}


@dataclass(frozen=True, slots=True)
class Filled:
    """What the tables of a document say. `form` is `None` when nothing tells a form; `rows` are the table
    lines that were read, as (block, row), so that the narrative does not read them again."""

    form: str | None
    figures: tuple[Figure, ...]
    doubts: tuple[Doubt, ...]
    rows: frozenset[tuple[int, int]]
    evidence: Evidence


def fill(document: Document, year: int | None = None) -> Filled:
    """Read every table of the forms that the document holds. `year` is the reporting year, where the title
    gives it; it decides where the content does not tell the forms of 2019 and 2021 apart, and which of two
    years in one table is meant."""
    found = regions(document)
    figures: dict[str, Figure] = {}
    doubts: list[Doubt] = []
    for region in found:
        own, unsure = of_own_year(document, region, year)
        doubts.extend(unsure)
        sheet = _READERS[region.kind](own)
        if not sheet.figures and not sheet.doubts:
            sheet.doubt(
                "empty_table",
                region.kind,
                "The table was found, but no number in it.",
                region.lines[0].locator,
            )
        doubts.extend(sheet.doubts)
        figures.update(sheet.figures)
    evidence = gather(document, found, figures)
    form, strengths = _recognise(evidence, year)
    if form is not None:
        if len(strengths) > 1:
            doubts.append(
                Doubt(
                    "mixed_forms",
                    "form",
                    f"Signs of more than one form: {', '.join(strengths)}; {form} was taken.",
                )
            )
        module = next(one for one in FORMS if form == one.NAME)
        doubts.extend(module.gaps(figures, evidence))
    ordered = sorted(figures.values(), key=lambda figure: _ORDER.get(figure.key, len(_ORDER)))
    rows = frozenset((line.block, line.row) for region in found for line in region.lines)
    return Filled(form, tuple(ordered), tuple(doubts), rows, evidence)


def form_of_year(year: int | None) -> str:
    """The form in force for a year, for reports in words alone, which print nothing that tells."""
    if year is None or year < 2019:
        return form_pre2019.NAME
    return form_2019.NAME if year < 2021 else form_2021.NAME


def gaps_of_words(form: str, evidence: Evidence, year: int | None) -> list[Doubt]:
    """Doubts about a report in words alone, whose year told its form: tables that it should have."""
    if form == form_pre2019.NAME:
        return list(form_pre2019.absent_table(evidence, year))
    return list(missing_tables(evidence))


def _recognise(evidence: Evidence, year: int | None) -> tuple[str | None, list[str]]:
    """The form with the most evidence, and all that have evidence of their own tables."""
    strengths = {form.NAME: form.strength(evidence) for form in FORMS}
    best = max(strengths, key=lambda name: strengths[name])
    if strengths[best] == 0:
        return None, []
    if strengths[best] < _ROWS and year is not None and year >= 2019:
        return form_of_year(year), []
    return best, [name for name, strength in strengths.items() if strength >= _TABLES]


_ROWS = 3
"""Strength from which rows or columns of a form itself were seen."""

_TABLES = 10
"""Strength from which a form's own labels stand in the tables, not only in the text."""
