"""The record that the parser hands out: a report, its figures, and an honest account of what is wrong.

Two lists that are never mixed up: `findings` are inconsistencies of the *source* (its own totals do not add
up), `doubts` are uncertainties of *our reading*. Values are kept as printed and never repaired.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from parser.document import Locator, State, record


@record
class Figure:
    """One printed number.

    `key` is `requests.<row>.<column>`, `review_litigation.<key>`, `proactive.<row>.<field>`,
    `statistics.<code>` or `statistics.<code>.cumulative`; `printed` is the cell's text as it stands there;
    `value` is its number, or `None` where the cell is blank or holds no number (blank is never 0);
    `remark` is what the cell says beside the number (`其中修订16件`).
    """

    key: str
    value: Decimal | None
    unit: str | None
    printed: str
    remark: str | None = None
    locator: Locator = field(default_factory=Locator)

    def as_dict(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "value": number(self.value),
            "unit": self.unit,
            "printed": self.printed,
            "remark": self.remark,
            "locator": self.locator.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """The source contradicts itself: `rule` (a name of the relations), `where`, what the relation asks, what
    is printed. `severity` is `hard` (printed in the form, plain addition, or two copies that print one figure
    in two ways) or `soft`."""

    rule: str
    where: str
    expected: Decimal | str
    found: Decimal | str
    severity: str = "hard"
    locators: tuple[Locator, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "where": self.where,
            "expected": number(self.expected),
            "found": number(self.found),
            "severity": self.severity,
            "locators": [locator.as_dict() for locator in self.locators],
        }


@dataclass(frozen=True, slots=True)
class Doubt:
    """We are not sure of our own reading: `kind` (`unknown_row`, `missing_column`, …), the place, and a
    sentence for people that names what was met."""

    kind: str
    where: str
    message: str
    locator: Locator = field(default_factory=Locator)

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "where": self.where,
            "message": self.message,
            "locator": self.locator.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of the report: its heading as printed and the text below it, paragraphs parted by `\\n`."""

    heading: str
    text: str

    def as_dict(self) -> dict[str, Any]:
        return {"heading": self.heading, "text": self.text}


@dataclass(frozen=True, slots=True)
class Claim:
    """A count in the prose: what it is about (a figure key, a sum of rows, a channel), its value and words,
    the sentence. `approximate` counts are rounded (2500余条); `partial` ones count a share, another year or
    another organ, and are not comparable."""

    about: str
    value: Decimal
    printed: str
    sentence: str
    approximate: bool = False
    partial: bool = False
    locator: Locator = field(default_factory=Locator)

    def as_dict(self) -> dict[str, Any]:
        return {
            "about": self.about,
            "value": number(self.value),
            "printed": self.printed,
            "sentence": self.sentence,
            "approximate": self.approximate,
            "partial": self.partial,
            "locator": self.locator.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Fee:
    """What the report says about fees for requests: the sentence, and the yuan taken (0 where it says none,
    `None` where the sentence gives no amount)."""

    text: str
    yuan: Decimal | None

    def as_dict(self) -> dict[str, Any]:
        return {"text": self.text, "yuan": number(self.yuan)}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report says. `form` is `pre2019`, `2019` or `2021`; `period` the two days (ISO) that the
    figures span, when printed; `published` an ISO date or date and time from the source itself; `contact`
    has any of `address`, `postcode`, `telephone`, `fax`, `email`; `preamble` is the text above the first
    section; `signature` the block under a statistics table (`parser.signature`); `site_id` the site's
    identification code (网站标识码) where the page tells it. Where the report was one of several files of an
    archive, `copies` and `taken_because` tell which and why (`parser.copies`)."""

    form: str
    title: str
    agency: str | None
    year: int | None
    period: tuple[str, str] | None = None
    published: str | None = None
    contact: dict[str, str] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()
    findings: tuple[Finding, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    meta: dict[str, str] = field(default_factory=dict)
    preamble: str = ""
    fee: Fee | None = None
    claims: tuple[Claim, ...] = ()
    signature: dict[str, str] = field(default_factory=dict)
    site_id: str | None = None
    copies: tuple[dict[str, Any], ...] = ()
    taken_because: str = ""

    @property
    def division_code(self) -> str | None:
        """The first six digits of a ten-digit site id: as a rule the division's code of GB/T 2260."""
        return self.site_id[:6] if self.site_id and re.fullmatch(r"\d{10}", self.site_id) else None

    def as_dict(self) -> dict[str, Any]:
        """The record as JSON-ready values."""
        copies = {"copies": list(self.copies), "taken_because": self.taken_because} if self.copies else {}
        return copies | {
            "form": self.form,
            "title": self.title,
            "agency": self.agency,
            "year": self.year,
            "period": list(self.period) if self.period else None,
            "published": self.published,
            "contact": self.contact,
            "signature": self.signature,
            "site_id": self.site_id,
            "division_code": self.division_code,
            "preamble": self.preamble,
            "sections": [section.as_dict() for section in self.sections],
            "fee": self.fee.as_dict() if self.fee else None,
            "claims": [claim.as_dict() for claim in self.claims],
            "figures": [figure.as_dict() for figure in self.figures],
            "findings": [finding.as_dict() for finding in self.findings],
            "doubts": [doubt.as_dict() for doubt in self.doubts],
            "meta": self.meta,
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a payload: its state, why, the detected format, and the report where there is one.

    `images`: of a page that names a report without its tables, the images that may show it, relative to the
    page's address (`parser.reading.parse_images` reads them).
    """

    state: State
    format: str
    reason: str = ""
    report: Report | None = None
    attachments: tuple[str, ...] = ()
    images: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready: the report's own fields beside `state`, `reason`, `format` and `attachments`."""
        head: dict[str, Any] = {
            "state": str(self.state),
            "reason": self.reason,
            "source_format": self.format,
            "attachments": list(self.attachments),
        }
        if self.images:
            head["images"] = list(self.images)
        return head | (self.report.as_dict() if self.report else {})


def number(value: Decimal | str | None) -> int | float | str | None:
    """A value for JSON: an integer where it is one, else the float that prints the same digits, else (more
    digits than a float holds) the digits themselves as a string."""
    if not isinstance(value, Decimal):
        return value
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else f"{value.normalize():f}"
