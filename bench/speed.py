"""How fast reports are read, on one core: `python -m bench.speed`.

The parser, and beside it pdfplumber with all that it must do for the same figures (the tables and the text
of every page), read the same documents in the same run. Figures are documents and pages a second of processor
time, so that other work on the machine does not count; `asked` is what the project holds itself to.
"""

from __future__ import annotations

import argparse
import io
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pdfplumber
import pypdfium2  # type: ignore[import-untyped]

from bench.truthset.documents import Made, document
from parser import State, parse

SEED = 5
HTML_ASKED, DOCX_ASKED, PDF_ASKED, TIMES_PDFPLUMBER = 100.0, 40.0, 10.0, 5.0
PAGES = 5


@dataclass(frozen=True)
class Pace:
    """What was read in how many seconds of processor time. `unread` ones gave no report and do not count."""

    documents: int
    pages: int
    seconds: float
    unread: int = 0

    @property
    def per_second(self) -> float:
        return self.documents / self.seconds

    @property
    def pages_per_second(self) -> float:
        return self.pages / self.seconds


def reports(ending: str, count: int) -> list[bytes]:
    """Reports in the 2021 and 2019 forms in that format; PDFs are those of five pages."""
    found: list[bytes] = []
    for made in _made(ending):
        if ending != "pdf" or len(pypdfium2.PdfDocument(made.payload)) == PAGES:
            found.append(made.payload)
        if len(found) == count:
            break
    return found


def _made(ending: str) -> Iterator[Made]:
    number = 0
    while True:
        yield document(SEED, number, form=("2021", "2019")[number % 4 // 3], ending=ending)
        number += 1


def pace(read: Callable[[bytes], bool], payloads: list[bytes], pages: int = 1) -> Pace:
    """Read everything once, after one document that warms the libraries up."""
    read(payloads[0])
    started = time.process_time()
    unread = sum(not read(payload) for payload in payloads)
    seconds = time.process_time() - started
    return Pace(len(payloads) - unread, (len(payloads) - unread) * pages, seconds, unread)


def ours(payload: bytes) -> bool:
    """The whole way from octets to figures, findings and doubts."""
    return parse(payload).state is State.REPORT


def plumber(payload: bytes) -> bool:
    """What pdfplumber gives: tables and text of each page, not yet a figure with a key."""
    with pdfplumber.open(io.BytesIO(payload)) as file:
        read = [(page.extract_tables(), page.extract_text()) for page in file.pages]
    return any(text for _, text in read)


def main() -> None:
    """Print the figures and how they stand to what is asked."""
    wanted = argparse.ArgumentParser(description="Measure the speed of the parser on one core.")
    wanted.add_argument("--documents", type=int, default=200, help="HTML documents; a fifth as many PDFs")
    count = wanted.parse_args().documents
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    html = pace(ours, reports("html", count))
    docx = pace(ours, reports("docx", count // 2))
    files = reports("pdf", max(4, count // 5))
    pdf, peer = pace(ours, files, PAGES), pace(plumber, files, PAGES)
    print(f"HTML        {_told(html)}, asked {HTML_ASKED:.0f}/s: {_verdict(html.per_second, HTML_ASKED)}")
    print(f"DOCX        {_told(docx)}, asked {DOCX_ASKED:.0f}/s: {_verdict(docx.per_second, DOCX_ASKED)}")
    print(
        f"PDF, {PAGES} pages {_told(pdf)}, {pdf.pages_per_second:.1f} pages/s, asked {PDF_ASKED:.0f}/s: "
        f"{_verdict(pdf.per_second, PDF_ASKED)}"
    )
    print(f"pdfplumber  {_told(peer)}, {peer.pages_per_second:.1f} pages/s, the same files")
    times = pdf.per_second / peer.per_second
    print(
        f"PDF against pdfplumber: {times:.1f} times as fast, asked {TIMES_PDFPLUMBER:.0f}: "
        f"{_verdict(times, TIMES_PDFPLUMBER)}"
    )


def _told(one: Pace) -> str:
    unread = f" ({one.unread} gave no report)" if one.unread else ""
    return f"{one.per_second:7.1f} documents/s{unread}"


def _verdict(found: float, asked: float) -> str:
    return f"{'met' if found >= asked else 'missed'} ({found / asked:.1f} times)"


if __name__ == "__main__":
    main()
