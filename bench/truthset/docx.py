from bench.truthset.content import Content
from random import Random


def docx(content: Content, rng: Random) -> bytes:
    return b"PK"
