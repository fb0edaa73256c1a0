"""Damaged files of every format: a document or a named state, in bounded time, and no other exception."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parser.readers import BUNDLES, READERS, detect
from parser.readers.scan_pages import can_read
from tests.fuzz.containers import opened
from tests.fuzz.mutation import mutant
from tests.fuzz.seeds import KINDS, LIBARCHIVE, PICTURES, seeds
from tests.fuzz.trial import judge, made

SECONDS = 10
"""Of the processor, so that what else the machine does fails no test; a loop without end takes more."""

REPEATABLE = settings(deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
"""The same documents in every run; `make fuzz` tries others."""


ODD_PICTURES = {
    **{2: "damaged", 4: "image_only", 7: "not_a_report", 10: "too_large", 12: "not_a_report"},
    **{18: "not_a_report", 22: "empty", 23: "empty", 26: "not_a_report", 32: "too_large", 39: "empty"},
}
"""Numbers of made pictures (in seed 1) and their states: words in a JPEG, a PDF and a page of HTML, the
screen of a GIF without end, a TIFF of a hundred thousand frames, a JPEG of 2,000 scans, ..."""


def _survives(payload: bytes, kind: str) -> None:
    started = time.process_time()
    assert judge(payload, kind)
    assert time.process_time() - started < SECONDS


def test_every_reader_has_good_documents() -> None:
    assert {*READERS, *BUNDLES} == set(KINDS)
    for kind in KINDS:
        assert {detect(payload) for payload in seeds(kind)} == {kind}


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_documents(kind: str) -> None:
    # As many as fit into the suite; `make fuzz` has more of them.
    examples = 25 if kind in ("pdf", "doc", "ofd", "zip", "7z", "rar") else 60

    @settings(REPEATABLE, max_examples=examples)
    @given(st.randoms(use_true_random=False))
    def check(dice: random.Random) -> None:
        payload = mutant(dice, dice.choice(seeds(kind)), seeds(kind), kind)
        _survives(payload, kind)

    check()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("zip", "image")])
def test_one_format_given_for_another(kind: str) -> None:
    for other in KINDS:
        _survives(seeds(other)[0], kind)


@settings(REPEATABLE, max_examples=200)
@given(st.sampled_from(KINDS), st.binary(max_size=300))
def test_noise_behind_the_first_octets(kind: str, noise: bytes) -> None:
    _survives(seeds(kind)[0][:40] + noise, kind)


@pytest.mark.skipif(not can_read(), reason="images are read where the extra `ocr` is installed")
def test_odd_pictures_have_a_state() -> None:
    # Few of them; `make fuzz` has more.
    found = [judge(made(PICTURES, 1, number), PICTURES) for number in ODD_PICTURES]
    assert found == list(ODD_PICTURES.values())


def test_a_document_is_made_again_by_its_number() -> None:
    assert made("xlsx", 1, 77) == made("xlsx", 1, 77) != made("xlsx", 2, 77)


@pytest.mark.parametrize("kind", ["docx", "zip", "rar", "7z", "xls", "doc", "pdf"])
def test_damage_reaches_what_is_inside(kind: str) -> None:
    if kind in ("rar", "7z") and not LIBARCHIVE:
        pytest.skip("7z and RAR are opened where the system has libarchive")
    # A word put into the largest part is there when the container, packed again, is opened.
    payload = seeds(kind)[-1]
    container = opened(payload)
    assert container is not None
    name = max(container.parts, key=lambda one: len(container.parts[one]))
    packed = container.packed({name: b"<changed>" + container.parts[name][9:]})
    again = opened(packed)
    assert again is not None
    assert again.parts[name].startswith(b"<changed>")
    assert detect(packed) == kind


def test_the_command_tells_each_format_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--reader", "text", "--reader", "xlsx", "--count", "12"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(" ")[:2] for line in done.stdout.splitlines()] == [["text:", "12"], ["xlsx:", "12"]]
