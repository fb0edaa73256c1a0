"""How fast reports are read, on one core: `python -m bench.speed`.

The parser, and beside it pdfplumber with all that it must do for the same figures (the tables and the text
of every page), read the same documents in the same run. Figures are documents and pages a second of processor
time, so that other work on the machine counts little; `asked` is what the project holds itself to.

The documents are cut into rounds. In each round all kinds are read, and the peer reads right behind us; what
is printed is the median round, so that a slow minute of the machine hits all alike and does not decide. No
document is timed twice: what the parser remembers of one must not flatter it.
"""

from __future__ import annotations

import argparse
import io
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import median

import pdfplumber
import pypdfium2  # type: ignore[import-untyped]

from bench.truthset.documents import Made, document
from parser import State, parse

SEED = 5
HTML_ASKED, DOCX_ASKED, PDF_ASKED, TIMES_PDFPLUMBER = 100.0, 40.0, 10.0, 5.0
PAGES = 5
ROUNDS = 5


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
    """Read everything once."""
    started = time.process_time()
    unread = sum(not read(payload) for payload in payloads)
    seconds = time.process_time() - started
    return Pace(len(payloads) - unread, (len(payloads) - unread) * pages, seconds, unread)


def rounds(payloads: list[bytes]) -> list[list[bytes]]:
    """The documents in as many parts as there are rounds, each with some of every kind."""
    return [payloads[part::ROUNDS] for part in range(ROUNDS)]


def middle(paces: list[Pace]) -> Pace:
    """The round in the middle by speed, with what was left unread in all of them."""
    ranked = sorted(paces, key=lambda one: one.per_second)
    return replace(ranked[len(ranked) // 2], unread=sum(one.unread for one in paces))


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
    html, docx = reports("html", count), reports("docx", count // 2)
    files = reports("pdf", max(10, count // 5))
    for payload in (html.pop(), docx.pop(), files.pop()):  # warms the libraries up
        ours(payload)
    plumber(files[0])
    paces = [
        (pace(ours, pages), pace(ours, words), pace(ours, prints, PAGES), pace(plumber, prints, PAGES))
        for pages, words, prints in zip(rounds(html), rounds(docx), rounds(files), strict=True)
    ]
    page, word, pdf, peer = (middle(list(kind)) for kind in zip(*paces, strict=True))
    times = median(own.per_second / other.per_second for _, _, own, other in paces)
    print(f"HTML        {_told(page)}, asked {HTML_ASKED:.0f}/s: {_verdict(page.per_second, HTML_ASKED)}")
    print(f"DOCX        {_told(word)}, asked {DOCX_ASKED:.0f}/s: {_verdict(word.per_second, DOCX_ASKED)}")
    print(
        f"PDF, {PAGES} pages {_told(pdf)}, {pdf.pages_per_second:.1f} pages/s, asked {PDF_ASKED:.0f}/s: "
        f"{_verdict(pdf.per_second, PDF_ASKED)}"
    )
    print(f"pdfplumber  {_told(peer)}, {peer.pages_per_second:.1f} pages/s, the same files")
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
