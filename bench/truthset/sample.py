"""The fixed small sample that stands in `tests/parser/truth`: `python -m bench.truthset.sample OUT`.

Every form in every file format, and every kind of document that must not be read as a report, or not without
a doubt. Run it again only when the set has learnt something new: the sample is what the suite remembers.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.truthset.documents import FOREIGN_KINDS, Made, document

SEED = 40
FORMS = ("2021", "2019", "statistics", "fujian", "prose")
ENDINGS = ("html", "txt", "md", "docx", "pdf", "pdf-bare")
LARGEST = 45_000
"""Octets that a document may have."""


def sample() -> Iterator[Made]:
    """The documents of the sample, named after what they are."""
    number = 0
    for form in FORMS:
        for ending in ENDINGS:
            if form == "prose" and ending == "pdf-bare":
                continue
            number, made = _small(number, form, ending)
            yield _named(made, f"{form}-{ending}")
    for place, kind in enumerate(FOREIGN_KINDS):
        endings = ("html",) if kind in {"listing", "shell"} else ENDINGS[:-1]
        yield _named(document(SEED, place, kind=kind, ending=endings[place % len(endings)]), kind)


def _small(number: int, form: str, ending: str) -> tuple[int, Made]:
    while True:
        made = document(SEED, number, form=form, ending=ending)
        number += 1
        if len(made.payload) <= LARGEST:
            return number, made


def _named(made: Made, name: str) -> Made:
    return replace(made, name=name, truth=made.truth | {"id": name})


def main() -> None:
    """Write the sample."""
    wanted = argparse.ArgumentParser(description="Write the sample that the suite remembers.")
    wanted.add_argument("folder", type=Path, metavar="OUT")
    folder = wanted.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for made in sample():
        made.write(folder)


if __name__ == "__main__":
    main()
