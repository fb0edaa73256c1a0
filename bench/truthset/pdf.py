from bench.truthset.content import Content
from random import Random


def pdf(content: Content, rng: Random, *, bare: bool) -> bytes:
    return b"%PDF"
