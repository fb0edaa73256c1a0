"""`python -m bench.truthset.score formats|scans PAGE`: make documents that are held back, read them, and
write how well that went as a page of documentation. One process, one document after the other."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.truthset import formats
from bench.truthset.converted import program
from bench.truthset.documents import Made
from parser.evaluation import Score, Verdict, evaluate

SCANS = 27463
"""The seed of the scans that are held back. Nobody reads them, nor runs the parser over them, but for the
page; a scan that was looked into spends the seed: put a new one here."""

COUNTS = {"formats": 150, "scans": 12}
"""Documents of each format, or of each kind of scan."""

SEEDS = {"formats": formats.SEED, "scans": SCANS}
HEADS = (
    *(
        "documents",
        "perfect",
        "printed",
        "right",
        "missed",
        "wrong",
        "invented",
        "silent",
        "right of printed",
    ),
    *("form right", "year right", "agency right", "findings right", "doubts right"),
)
COST = {"formats": ("seconds a document",), "scans": ("right, doubted", "pages", "seconds a page")}
"""The last columns of each page."""

ABOUT = {
    "formats": (
        "# How well other file formats are read",
        "`make accuracy-formats` writes this page: {count} made documents of each file format, the "
        "odd numbers of seed {seed} (`python -m bench.truthset.formats DIR --count {count} --seed "
        "{seed} --half held`), scored as in [accuracy.md](accuracy.md), which has HTML, text, "
        "Markdown, DOCX and PDF and says what the columns mean.",
        "Who wrote the files: RTF, ODT, ODS, XLSX, OFD, archives (of DOCX, PDF, XLSX, ODT, RTF, OFD "
        "or HTML) and what is saved as something else (*mhtml*, web archives; *csv*; *xml*, Excel 2003) "
        "are by writers of our own, with the habits of several programs. DOC, XLS, WPS, "
        "ET and the rows marked *LibreOffice* are made documents that LibreOffice converted. WPS and "
        "ET stand for what these programs write by default, a Word 97 text and an Excel 97 workbook; "
        "the programs themselves were not at hand.",
        "The sets that were held back before: seed 71429 (50 documents of each) had 80,698 of 80,705 "
        "figures right, 7 missed with a doubt (a row over which a blank reached down); seed 60913 (50 of "
        "each) 79,790 of 79,791, the last one silently wrong (`28` with two marks of notes behind it was "
        "2813); both were mended. Seed 47291 (50 of each) had 83,776 of 83,776; seed 30361 (75 of each) "
        "124,659 of 124,684, 22 missed and 3 wrong, each with a doubt.",
    ),
    "scans": (
        "# How well scans are read",
        "`make accuracy-scans` writes this page: {count} made reports of each kind, the scans of seed"
        " {seed} (`python -m bench.truthset.scan DIR --count {count} --seed {seed}`), which are read "
        "for this page only, scored as in [accuracy.md](accuracy.md), which says what the columns "
        "mean.",
        "The kinds: *solid*, *gray*, *dotted* and *hair* are the rules of the tables at 200 dots an "
        "inch, from a scanner (skew up to 2.5°, a red seal over two thirds of the pages, grain, "
        "JPEG); *fax* is one bit a dot with specks, *photo* a sheet on a desk seen aslant under "
        "uneven light, *coarse* 150 dots an inch, *turned* a sheet that lies on its side or its head,"
        " *worn* one with one to three marks of an office: punched holes, a staple, ticks and a"
        " signature, a stamp of receipt, a watermark, coloured heads, the dark bed of the scanner, a"
        " pale copy of a copy, *paired* two pages side by side on a broad sheet. The reader was improved"
        " on scans that the same generator drew from other seeds.",
        "*Right, doubted* are figures that are right and yet have a doubt on them, their row or their"
        " table. Seconds are those of the processor, on one core, with all that reading a report takes.",
    ),
}
WITHOUT_OFFICE = "LibreOffice was not there when this page was made, so its rows are missing."


@dataclass(frozen=True)
class Row:
    """One line of the table: `pages` and seconds of the processor for all documents together."""

    name: str
    score: Score
    pages: int
    processor: float


def main() -> int:
    """Write the page. 1 where a figure is wrong and nothing says so."""
    wanted = argparse.ArgumentParser(description="Score documents that are held back.")
    wanted.add_argument("what", choices=tuple(COUNTS))
    wanted.add_argument("page", type=Path, help="the file that is written")
    wanted.add_argument("--count", type=int, help=f"documents of each format or kind ({COUNTS})")
    wanted.add_argument("--seed", type=int, help=f"another set than the one held back ({SEEDS})")
    given = wanted.parse_args()
    count, seed = given.count or COUNTS[given.what], given.seed or SEEDS[given.what]
    if given.what == "scans" and not all(map(find_spec, ("rapidocr", "manimgx_fonts_cjk"))):
        sys.stderr.write("scans need the extras `ocr` and `images`\n")
        return 2
    rows = list(_formats(count, seed) if given.what == "formats" else _scans(count, seed))
    given.page.write_text(_page(given.what, rows, count, seed), encoding="utf-8")
    return int(any(row.score.silent for row in rows))


def _formats(count: int, seed: int) -> Iterator[Row]:
    for name in formats.available():
        made = formats.documents(name, count, seed, "held")
        yield _scored(made, lambda verdict: verdict.format)


def _scans(count: int, seed: int) -> Iterator[Row]:
    # It needs the extras `images` and `ocr`.
    from bench.truthset.scan import KINDS, scan  # noqa: PLC0415

    for kind in KINDS:
        made = (scan(seed, number, kind) for number in range(count))
        yield _scored(made, lambda verdict: verdict.format.partition("(")[2].rstrip(")"))


def _scored(made: Iterator[Made], name_of: Callable[[Verdict], str]) -> Row:
    """Write and read these documents: one line."""
    pages = 0
    with tempfile.TemporaryDirectory(prefix="nianbao-held-") as folder:
        for one in made:
            one.write(Path(folder))
            pages += one.truth.get("pages", 0)
        started = time.process_time()
        evaluation = evaluate(Path(folder))
        processor = time.process_time() - started
    row = Row(name_of(evaluation.verdicts[0]), evaluation.total, pages, processor)
    sys.stderr.write(f"{row.name}: {row.score.right} of {row.score.printed}\n")
    return row


def _page(what: str, rows: Sequence[Row], count: int, seed: int) -> str:
    total = Row("all", Score(), sum(row.pages for row in rows), sum(row.processor for row in rows))
    for row in rows:
        total.score.add(row.score)
    heads = (*HEADS, *COST[what])
    about = [text.format(count=count, seed=seed) for text in ABOUT[what]]
    if what == "formats" and program() is None:
        about.append(WITHOUT_OFFICE)
    lines = ["\n\n".join(about), "", _piped(("file" if what == "formats" else "kind", *heads))]
    lines.append(_piped(("---", *["---:"] * len(heads))))
    lines += [_piped((row.name, *_cells(row.score), *_cost(what, row))) for row in [*rows, total]]
    return "\n".join(lines) + "\n"


def _cells(score: Score) -> tuple[object, ...]:
    return (
        *(score.documents, score.perfect, score.printed, score.right, score.missed, score.wrong),
        *(score.invented, score.silent, f"{score.recall:.2%}"),
        *(score.form_right, score.year_right, score.agency_right),
        *(score.findings_right, score.doubts_right),
    )


def _cost(what: str, row: Row) -> tuple[object, ...]:
    if what == "formats":
        return (f"{row.score.seconds / row.score.documents:.2f}",)
    doubted = f"{row.score.doubted / max(row.score.right, 1):.2%}"
    return doubted, row.pages, f"{row.processor / row.pages:.2f}"


def _piped(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    sys.exit(main())
