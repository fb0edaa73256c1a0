"""One numbered document of the set: which form, which file format, which mess, all drawn from its number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from bench.truthset import content as contents
from bench.truthset import (
    docx,
    foreign,
    forms,
    html,
    mess,
    naming,
    numbers,
    ods,
    odt,
    ofd,
    offices,
    packed,
    pdf,
    rtf,
    saved,
    text,
    xlsx,
)
from bench.truthset.content import Content, Draft, Heading, Shape
from bench.truthset.ink import some_ink
from bench.truthset.layout import Cuts, some_cuts

FORMS = ("2021", "2021", "2019", "statistics", "fujian", "prose")
FORMATS = ("html", "html", "html", "txt", "md", "docx", "docx", "pdf", "pdf", "pdf-bare")
BOOKS: dict[str, Callable[[Content, Random], bytes]] = {
    "ods": ods.ods,
    "xlsx": xlsx.xlsx,
    "csv": saved.separated,
    "xml": saved.excel_xml,
}
CONVERSION = "docx-lo"
"""A DOCX for LibreOffice to convert."""

OFFICE: dict[str, Callable[[Content, Random], bytes]] = {
    CONVERSION: partial(docx.docx, foreign=True),
    "rtf": rtf.rtf,
    "odt": odt.odt,
    "ofd": ofd.ofd,
    "mhtml": saved.mhtml,
    **BOOKS,
}
ARCHIVES = ("zip", "7z", "rar")
"""Other formats, which are drawn by nobody and made when they are asked for: see `formats`."""

YEARS = {
    "2021": (2021, 2025),
    "2019": (2019, 2020),
    "statistics": (2014, 2018),
    "fujian": (2011, 2018),
    "prose": (2008, 2013),
}
LATE = {"2019": 2021, "statistics": 2019}
"""The year for which some agencies still used the form before."""

FOREIGN_KINDS = tuple(foreign.KINDS)
FOREIGN = 0.1
"""The share of documents that are no report, or that must raise a doubt."""

HALVES = ("open", "held")


@dataclass(frozen=True)
class Made:
    """A document with its truth; `name` is the file name without ending."""

    name: str
    ending: str
    payload: bytes
    truth: dict[str, Any]

    def write(self, folder: Path) -> None:
        """Both files into `folder`."""
        (folder / f"{self.name}.{self.ending}").write_bytes(self.payload)
        shown = json.dumps(self.truth, ensure_ascii=False, indent=1, default=contents.as_json)
        (folder / f"{self.name}.truth.json").write_text(shown + "\n", encoding="utf-8")


def half(name: str, count: int, seed: int) -> Iterator[Made]:
    """The first `count` documents of a half: even numbers are `open`, odd ones `held`."""
    first = HALVES.index(name)
    return (document(seed, 2 * place + first) for place in range(count))


def document(
    seed: int, number: int, *, form: str | None = None, ending: str | None = None, kind: str | None = None
) -> Made:
    """The document of that number. With `form` and `ending` (of `FORMS` and `FORMATS`, `OFFICE`, `ARCHIVES`)
    that sort of report; with `ending` alone any sort in that format; with `kind` (of `FOREIGN_KINDS`) that
    sort of other document."""
    rng = Random(f"nianbao/{seed}/{number}")
    drawn_form, drawn_ending = rng.choice(FORMS), rng.choice(FORMATS)
    other = form is None and rng.random() < FOREIGN
    form, ending = form or drawn_form, ending or drawn_ending
    if kind:
        content = foreign.KINDS[kind](rng)
    else:
        content = foreign.some(rng, ending) if other else report(form, rng, ending)
    payload = written(content, rng, ending)
    suffix, _, layout = ending.partition("-")
    truth: dict[str, Any] = {
        "id": f"{number:05}",
        "source_note": "made",
        **content.truth,
        "kind": content.truth.get("kind", form),
        "features": content.features,
    }
    if layout:
        truth["layout"] = layout
    return Made(f"{number:05}", suffix, payload, truth)


def report(form: str, rng: Random, ending: str, *, clean: bool = False) -> Content:
    """A report of that form, with numbers and mess at random; `clean` leaves the mess out."""
    bare = ending == "pdf-bare"
    ink = some_ink(rng, plain=clean or rng.random() < 0.25, blanks=not bare)
    scale = rng.choice(list(numbers.SCALES))
    name = naming.some_name(rng)
    shape = some_shape(form, rng, clean=clean)
    if ending in BOOKS or ending in ARCHIVES:
        # A workbook has no page that cuts a table, and a cell that is left out is an empty one.
        shape = replace(shape, cuts=Cuts(), groups="blanks" if shape.groups == "ragged" else shape.groups)
    year = rng.randint(*YEARS[form])
    if rng.random() < 0.05 and form in LATE:
        year = LATE[form]
    if shape.absent == "proactive" and (year in LATE.values() or shape.other_in_one_row):
        # Nothing else would tell the 2019 form from the one of 2021.
        shape.absent = ""
    printed_form = form if form in {"2019", "2021"} else "pre2019"
    title = naming.some_title(name, year, printed_form, rng)
    draft = Draft(form, name, year, title, ink, shape, rng)
    if form in {"2019", "2021"}:
        content = _national(draft, scale)
    elif form == "prose":
        content = contents.told(draft)
    else:
        content = _statistical(draft, scale)
    content.features += [f"zero={ink.zero}", f"groups={shape.groups}"]
    content.features += [shape.columns] if shape.columns and form in {"statistics", "fujian"} else []
    content.features += [name for name in ("full_width", "decimals", "units") if getattr(ink, name)]
    if not clean:
        mess.spoil(content, rng)
        offices.rework(content, ending)
        _strays(content, rng)
    if shape.cuts.after:
        content.features.append("cut" if shape.cuts.apart else "cut-joined")
    return content


def _strays(content: Content, rng: Random) -> None:
    """Now and then another table, before the first heading or after it."""
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        places = [place for place, piece in enumerate(content.pieces) if isinstance(piece, Heading)]
        place = rng.choice([*places[1:], len(content.pieces)])
        content.pieces.insert(place, mess.unrelated_table(content.name.agency, content.year, rng))


def some_shape(form: str, rng: Random, *, clean: bool) -> Shape:
    """How the tables are drawn."""
    if clean:
        return Shape()
    length = {"2021": 25, "2019": 23, "statistics": 60, "fujian": 15}.get(form, 9)
    return Shape(
        groups=rng.choice(("spans",) * 6 + ("blanks", "repeated", "ragged", "outline")),
        cuts=some_cuts(length, rng, often=0.35),
        blocks_apart=rng.random() < 0.2,
        other_in_one_row=form == "2021" and rng.random() < 0.15,
        short_labels=rng.random() < 0.15,
        notes=rng.random() < 0.8,
        lead=rng.choice(("", "", "（1）", "①")),
        length=rng.choice((1, 2, 4, 7)),
        columns=rng.choice(("",) * 8 + ("numbered", "unitless")),
        absent=rng.choice(("",) * 10 + ("review", "proactive")),
    )


def written(content: Content, rng: Random, ending: str) -> bytes:
    """The content in that file format."""
    if ending == "html":
        return content.payload or html.html(content, rng)
    if content.payload is not None:
        return content.payload
    if ending in OFFICE:
        return OFFICE[ending](content, rng)
    if ending in ARCHIVES:
        return packed.packed(content, rng, ending, written)
    if ending == "txt":
        all_written = "zero=digit" in content.features
        style = rng.choice([style for style in text.TEXT_TABLES if style != "loose" or all_written])
        content.features.append(style)
        return text.plain_text(content, rng, style)
    if ending == "md":
        return text.markdown(content, rng)
    if ending == "docx":
        return docx.docx(content, rng)
    return pdf.pdf(content, rng, bare=ending == "pdf-bare")


def _national(draft: Draft, scale: str) -> Content:
    form, rng = draft.form, draft.rng
    lines = forms.REQUESTS_2021
    if form == "2019" or draft.shape.other_in_one_row:
        lines = forms.REQUESTS_2019
    row_gone = rng.random() < 0.04
    if row_gone:
        lines = mess.without_a_row(lines, rng)
    blocks = forms.PROACTIVE_2021 if form == "2021" else forms.PROACTIVE_2019
    counts = numbers.Numbers(
        requests=numbers.request_counts(lines, rng, scale),
        review=numbers.review_counts(rng, scale),
        proactive=numbers.proactive_figures(blocks, rng, scale),
        amount_unit=rng.choice(("元", "万元", None)) if form == "2019" else None,
    )
    # Where a row is missing, nobody can tell a broken sum from what stood in it.
    if rng.random() < 0.3 and not row_gone:
        numbers.break_requests(counts.requests, rng, rng.choice((1, 1, 2, 3)))
    if rng.random() < 0.1:
        numbers.break_review(counts.review, rng)
    if rng.random() < 0.12:
        for key, row in counts.requests.items():
            if key not in {"new_received", "carried_over", "outcome_total", "carried_forward"}:
                row[6] = numbers.LEFT_OUT
    return contents.national(draft, counts, lines)


def _statistical(draft: Draft, scale: str) -> Content:
    counts, rng = numbers.Numbers(), draft.rng
    if draft.form == "fujian":
        waiver = draft.year in {2014, 2015}
        counts.statistics, counts.cumulative = numbers.fujian_figures(rng, scale, waiver)
        sums = forms.FUJIAN_SUMS
    else:
        counts.statistics = numbers.statistics_figures(rng, scale)
        sums = forms.STAT_SUMS
    if rng.random() < 0.3:
        numbers.break_statistics(counts.statistics, sums, rng)
    return contents.statistical(draft, counts)
