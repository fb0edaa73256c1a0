"""One report of the replica: its figures, keyed as everywhere in Nianbao, and how its page is made.

The figures stand in `data/reports/<id>.json`. Numbers are `Decimal`, `None` is a blank cell; a decimal is
written as a string there, so that `302.1180` is printed with the zero that the page shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from demo.forms import COLUMNS, REQUEST_ROWS, STATISTICS_ROWS

BEIJING = ZoneInfo("Asia/Shanghai")
INVENTED = "演示数据，虚构"

Value = Decimal | None
Markup = Literal["plain", "paragraph", "span", "word"]
Labels = Literal["tight", "spaced", "half"]


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a reader may ask."""

    office: str
    address: str
    postcode: str
    telephone: str
    fax: str | None
    email: str


@dataclass(frozen=True, slots=True)
class Signature:
    """The lines below a statistics table."""

    head: str
    reviewer: str
    filled_by: str
    phone: str
    filled_on: str


@dataclass(frozen=True, slots=True)
class Dress:
    """How the page is marked up and sent; none of it touches a number."""

    markup: Markup
    labels: Labels
    charset: str = "utf-8"
    gzip: bool = False
    repeat_header: bool = False
    attachment: str | None = None
    dead_image: str | None = None
    moved_from: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report as published. `figures` holds every cell that is printed with or without a number."""

    id: str
    site: str
    agency: str
    short: str
    year: int
    form: Literal["2021", "pre2019"]
    title: str
    invented: bool
    published: datetime
    number: int
    contact: Contact
    dress: Dress
    narrative: Mapping[str, Any]
    printed: Mapping[str, str]
    figures: Mapping[str, Value]
    signature: Signature | None

    @property
    def file_name(self) -> str:
        """Where the page stands below its listing, as TRS WCM names it."""
        return f"{self.published:%Y%m}/t{self.published:%Y%m%d}_{self.number}.html"

    @property
    def attachment_name(self) -> str | None:
        if self.dress.attachment is None:
            return None
        return urljoin(self.file_name, self.dress.attachment)

    def cell(self, key: str) -> str:
        """What the cell of a figure says."""
        if key in self.printed:
            return self.printed[key]
        value = self.figures[key]
        return "" if value is None else str(value)

    def row(self, name: str) -> tuple[Value, ...]:
        """The seven numbers of one row of section 三."""
        return tuple(self.figures[f"requests.{name}.{column}"] for column in COLUMNS)

    def edited(self, changes: Mapping[str, Decimal]) -> Report:
        """The same report with other numbers in some cells, everything else untouched."""
        return replace(self, figures={**self.figures, **changes})


def _figures(raw: Mapping[str, Any]) -> dict[str, Value]:
    figures: dict[str, Value] = {}
    for name, fields in raw.get("proactive", {}).items():
        figures.update({f"proactive.{name}.{field}": _number(value) for field, value in fields.items()})
    if requests := raw.get("requests"):
        for row in REQUEST_ROWS:
            pairs = zip(COLUMNS, requests[row.key], strict=True)
            figures.update({f"requests.{row.key}.{column}": _number(value) for column, value in pairs})
    for name, value in raw.get("review_litigation", {}).items():
        figures[f"review_litigation.{name}"] = _number(value)
    if statistics := raw.get("statistics"):
        # A heading row has no number to print, so it is no figure.
        figures.update(
            {f"statistics.{row.code}": _number(statistics[row.code]) for row in STATISTICS_ROWS if row.unit}
        )
    return figures


def _number(value: str | int | None) -> Value:
    return None if value is None else Decimal(value)


def _load(raw: dict[str, Any]) -> Report:
    signature = raw.get("signature")
    return Report(
        id=raw["id"],
        site=raw["site"],
        agency=raw["agency"],
        short=raw["short"],
        year=raw["year"],
        form=raw["form"],
        title=raw["title"],
        invented=raw["invented"],
        published=datetime.strptime(raw["published"], "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING),
        number=raw["number"],
        contact=Contact(**raw["contact"]),
        dress=Dress(**raw["page"]),
        narrative=raw["narrative"],
        printed=raw["printed"],
        figures=_figures(raw),
        signature=Signature(**signature) if signature else None,
    )


@cache
def all_reports() -> Mapping[str, Report]:
    """Every report that the replica knows on any day, by id, before any edit."""
    folder = files("demo") / "data" / "reports"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".json"))
    loaded = (_load(json.loads((folder / name).read_text("utf-8"))) for name in names)
    return {report.id: report for report in loaded}
