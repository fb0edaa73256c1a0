"""What a form should print and a document does not: rows and tables that were not found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from parser.forms.evidence import Evidence
from parser.forms.regions import PROACTIVE, REQUESTS, REVIEW
from parser.forms.vocabulary import Term, vocabulary
from parser.report import Doubt

_SECTIONS = {PROACTIVE: "二", REQUESTS: "三", REVIEW: "四"}


def missing_tables(evidence: Evidence) -> Iterator[Doubt]:
    """Tables of sections 二, 三, 四 that were not found."""
    for kind, section in _SECTIONS.items():
        if kind not in evidence.kinds:
            yield Doubt("missing_table", kind, f"The table of section {section} was not found.")


def missing_rows(
    evidence: Evidence, kind: str, terms: Iterable[Term], optional: Collection[str] = ()
) -> Iterator[Doubt]:
    """Rows of a table that was found, without the rows themselves."""
    if kind not in evidence.kinds:
        return
    for term in terms:
        where = f"{kind}.{term.key}"
        if where not in evidence.rows and term.key not in optional:
            yield Doubt("missing_row", where, f"The row {term.label} was not found.")


def request_rows(form: str, evidence: Evidence, single: str, several: Sequence[str]) -> Iterator[Doubt]:
    """Missing rows of section 三; （六）其他处理 may be one row or three, whatever the form says."""
    terms = [term for term in vocabulary().request_rows if term.key not in {single, *several}]
    yield from missing_rows(evidence, REQUESTS, terms)
    parts = [f"{REQUESTS}.{key}" for key in several if f"{REQUESTS}.{key}" in evidence.rows]
    if REQUESTS not in evidence.kinds:
        return
    if f"{REQUESTS}.{single}" in evidence.rows:
        if parts:
            message = "其他处理 stands both as a row of its own and in parts; one of them may be misread."
            yield Doubt("conflicting_rows", f"{REQUESTS}.{single}", message)
        return
    wanted = several if form == "2021" or parts else [single]
    yield from missing_rows(
        evidence, REQUESTS, [term for term in vocabulary().request_rows if term.key in wanted]
    )
