"""Reports on the years before 2019: the national statistics table of 2014 (国办发〔2014〕32号), the Fujian
table, or
prose alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from parser.forms.evidence import Evidence
from parser.forms.regions import FUJIAN, STATISTICS
from parser.forms.vocabulary import vocabulary
from parser.report import Doubt, Figure

NAME = "pre2019"


def strength(evidence: Evidence) -> int:
    """How strongly the document speaks for this form: 50 for one of its tables, as they share no column."""
    return 50 if evidence.kinds & {STATISTICS, FUJIAN} else 0


def absent_table(evidence: Evidence, year: int | None) -> Iterator[Doubt]:
    """Reports on 2014–2018 have a statistics table, and others may announce one: it should have been
    found."""
    if evidence.kinds & {STATISTICS, FUJIAN}:
        return
    if "统计表" in evidence.prose or (year is not None and year >= _SINCE):
        yield Doubt("missing_table", STATISTICS, "The statistics table was not found.")


_SINCE = 2014
"""First year of the national statistics table (国办发〔2014〕32号)."""


def gaps(figures: Mapping[str, Figure], evidence: Evidence) -> Iterator[Doubt]:
    """Rows of the national table that were not found."""
    if STATISTICS not in evidence.kinds:
        return
    for term in vocabulary().statistics:
        key = f"statistics.{term.key}"
        if key not in figures:
            yield Doubt("missing_row", key, f"The row {term.label} was not found.")
