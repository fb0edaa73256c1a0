"""`python -m bench.truthset.formats OUT --count N --seed S`: so many documents of every other file format.

Those beside `documents.FORMATS`: OpenDocument, RTF, workbooks, OFD, archives and what offices save as
something else (web archives, CSV, Excel 2003 XML) from writers of our own; DOC, XLS and second hands of RTF,
ODT and ODS where LibreOffice is installed. WPS and ET files are what their programs write by default: a Word
97 text under another name, an Excel 97 workbook or an XLSX.
"""

from __future__ import annotations

import argparse
import ctypes.util
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.truthset.converted import converted, program
from bench.truthset.documents import ARCHIVES, CONVERSION, HALVES, OFFICE, Made, document

SEED = 85817
"""The seed whose odd numbers are held back. Nobody reads them, nor runs the parser over them, but for the
page; a document that was looked into spends the seed: put a new one here."""

CONVERTED = {
    "doc": (CONVERSION, "doc"),
    "wps": (CONVERSION, "doc"),
    "rtf-lo": (CONVERSION, "rtf"),
    "odt-lo": (CONVERSION, "odt"),
    "xls": ("xlsx", "xls"),
    "et": ("xlsx", "xls"),
    "ods-lo": ("xlsx", "ods"),
}
"""What LibreOffice makes: from which format, and into which."""

_LATER = ("mhtml", "csv", "xml")
"""Formats that came later: behind the others, so that those keep their numbers."""

FORMATS = (*(name for name in OFFICE if name not in (CONVERSION, *_LATER)), *ARCHIVES, *CONVERTED, *_LATER)
_APART = {name: 100_000 * place for place, name in enumerate(FORMATS)}
"""Where the numbers of a format begin, so that no report comes in two."""


def documents(name: str, count: int, seed: int, half: str) -> Iterator[Made]:
    """So many documents of one of `FORMATS`, from one half of the numbers. Raises what `converted` raises."""
    given, made_into = CONVERTED.get(name, (name, ""))
    numbers = (_APART[name] + 2 * place + HALVES.index(half) for place in range(count))
    made = (
        replace(one, name=f"{name}-{one.name}") for one in (document(seed, n, ending=given) for n in numbers)
    )
    if not made_into:
        yield from made
        return
    for one in converted(list(made), made_into):
        ending = name.partition("-")[0]
        yield replace(one, ending=ending)


def available() -> list[str]:
    """The formats that can be made on this machine."""
    found = [name for name in FORMATS if name not in CONVERTED or program()]
    return [name for name in found if name != "7z" or ctypes.util.find_library("archive")]


def main() -> None:
    """Fill a folder; what it held before stays."""
    wanted = argparse.ArgumentParser(
        description="Write made reports in other file formats, with their truth."
    )
    wanted.add_argument("folder", type=Path, metavar="OUT")
    wanted.add_argument("--count", type=int, default=100, help="documents of each format (100)")
    wanted.add_argument("--seed", type=int, default=SEED, help=f"another seed, another set ({SEED})")
    wanted.add_argument("--half", choices=HALVES, default="open", help="open (even numbers) or held (odd)")
    wanted.add_argument(
        "--format", choices=FORMATS, action="append", help="all that can be made unless given"
    )
    given = wanted.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    possible = available()
    for name in given.format or FORMATS:
        if name not in possible:
            sys.stderr.write(f"{name} is left out: what makes it is not installed\n")
            continue
        for made in documents(name, given.count, given.seed, given.half):
            made.write(given.folder)


if __name__ == "__main__":
    main()
