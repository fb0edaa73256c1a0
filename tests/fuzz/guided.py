"""`python -m tests.fuzz.guided KIND [libFuzzer options]`: damage led by the coverage of the parser.

Needs atheris (`make fuzz-guided` brings it). The damage is that of `mutation`, so that it reaches into the
containers; the documents that found new code are kept in `.fuzz/KIND`, beside the good ones to begin with.
A document that fails is written to `.fuzz/`, and `python -m cli.app parse FILE` reads it again.
"""

from __future__ import annotations

import random
import sys
from importlib import import_module
from pathlib import Path

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

with atheris.instrument_imports(include=["parser", "doc2docx"]):
    # Readers are otherwise imported when their format is met, which is too late.
    from parser.readers import READERS
    from tests.fuzz.mutation import LONGEST, mutant
    from tests.fuzz.seeds import KINDS, seeds
    from tests.fuzz.trial import judge

    for module in sorted(set(READERS.values())):
        import_module(f"parser.readers.{module}")

FOLDER = Path(".fuzz")


def main() -> None:
    """Runs until it is stopped, or as libFuzzer's options say (`-max_total_time=60`)."""
    if len(sys.argv) < 2 or sys.argv[1] not in KINDS:
        sys.exit(f"which format? one of {', '.join(KINDS)}")
    kind = sys.argv.pop(1)
    corpus = FOLDER / kind
    corpus.mkdir(parents=True, exist_ok=True)
    for number, payload in enumerate(seeds(kind)):
        (corpus / f"good-{number}").write_bytes(payload)

    def damage(octets: bytes, longest: int, seed: int) -> bytes:
        return mutant(random.Random(seed), octets, seeds(kind), kind)[:longest]

    def target(octets: bytes) -> None:
        judge(octets, kind)

    options = [
        f"-max_len={LONGEST}",
        "-rss_limit_mb=1500",
        "-timeout=30",
        f"-artifact_prefix={FOLDER}/{kind}-",
    ]
    atheris.Setup([sys.argv[0], *options, *sys.argv[1:], str(corpus)], target, custom_mutator=damage)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
