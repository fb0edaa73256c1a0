"""A small report as two scanned images, drawn and spoilt as the truth set's scans are; needs the extras `ocr`
and `images`."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from random import Random

import numpy as np
from PIL import Image

from bench.truthset import documents
from bench.truthset.content import Heading
from bench.truthset.pdf import draw, paper, some_look
from bench.truthset.scan import SPOILERS
from bench.truthset.scan_paper import Paper
from parser.evaluation import expected_figures

DPI = 200


def report(seed: int = 0) -> tuple[str, tuple[bytes, ...], dict[str, Decimal | None]]:
    """Its title, two JPEG images (title and section 二; section 四), and their figures by key."""
    rng = Random(seed)
    content = documents.report("2021", rng, "pdf")
    look = replace(some_look(rng, bare=False), rules="solid", turned=False, watermark=False, wraps=False)
    heads = [place for place, piece in enumerate(content.pieces) if isinstance(piece, Heading)]
    title, *_ = content.pieces
    halves = ([title, *content.pieces[heads[1] : heads[2]]], content.pieces[heads[3] : heads[4]])
    images = []
    for half in halves:
        sheet = Paper(paper(look), DPI)
        draw(replace(content, pieces=half), look, sheet, rng)
        (page,) = sheet.pages
        spoilt = SPOILERS["scanner"](np.asarray(page), DPI, rng, np.random.default_rng(seed))
        octets = io.BytesIO()
        Image.fromarray(spoilt).save(octets, "JPEG", quality=80, dpi=(DPI, DPI))
        images.append(octets.getvalue())
    tables = {**content.truth["tables"], "requests": {}}
    return content.truth["title"], tuple(images), expected_figures(tables)
