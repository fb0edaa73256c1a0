"""`python -m bench.truthset OUT --count N --seed S --half open|held`: write documents and their truth."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.truthset.documents import HALVES, half

SEED = 20287
"""The seed whose odd numbers are held back: `docs/accuracy.md` is made of them, and nobody reads them or runs
the parser over them in between. To look for defects, take the even numbers or any other seed. A held document
that was looked into spends the seed: put a new one here, and into the words of `docs/accuracy.md`."""


def main() -> None:
    """Fill a folder; what it held before stays."""
    wanted = argparse.ArgumentParser(description="Write made reports with their truth.")
    wanted.add_argument("folder", type=Path, metavar="OUT")
    wanted.add_argument("--count", type=int, default=200, help="documents to write (200)")
    wanted.add_argument("--seed", type=int, default=SEED, help=f"another seed, another set ({SEED})")
    wanted.add_argument("--half", choices=HALVES, default="open", help="open (even numbers) or held (odd)")
    given = wanted.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for made in half(given.half, given.count, given.seed):
        made.write(given.folder)


if __name__ == "__main__":
    main()
