"""How octets are damaged: one way for `random`, for hypothesis (`st.randoms`) and for atheris."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from tests.fuzz.containers import opened
from tests.fuzz.tokens import BINARY, NUMBERS, TOKENS

LONGEST = 1 << 20
"""Octets of a damaged document: what is repeated on and on shall not fill the machine by itself."""

_NUMBER = re.compile(rb"\d+(?:\.\d+)?")
_TAG = re.compile(rb"<[^<>]*>|\\[a-z]+-?\d* ?")
_ELEMENT = re.compile(rb"<([\w:]+)[^<>]*>[^<>]*(?:<(?!/?\1)[^<>]*>[^<>]*)*</\1>")
_VALUE = re.compile(rb'"[^"<>]*"')
_LENGTHS = (1, 1, 2, 4, 16, 128, 1024)
_INSIDE = 0.75
"""How often the damage is done to a part of a container, not to the container."""

Damage = Callable[[Random, bytes, bytes, tuple[bytes, ...]], bytes]


def mutant(rng: Random, payload: bytes, others: Sequence[bytes], kind: str) -> bytes:
    """The document, damaged in one to four ways; `others` are documents that pieces are taken from."""
    other = rng.choice(others) if others else payload
    if rng.random() < _INSIDE:
        container = opened(payload)
        if container is not None and container.parts:
            # The largest part is the one with the tables.
            names = sorted(container.parts, key=lambda name: -len(container.parts[name]))
            name = rng.choice((*names[:1] * 3, *names))
            donor = opened(other)
            pieces = [*donor.parts.values()] if donor is not None else [other]
            if rng.random() < 0.1 and opened(container.parts[name]) is not None:
                changed = mutant(rng, container.parts[name], (), kind)
            else:
                changed = _damaged(rng, container.parts[name], rng.choice(pieces or [other]), kind)
            return container.packed({name: changed})[:LONGEST]
    return _damaged(rng, payload, other, kind)


def _damaged(rng: Random, octets: bytes, other: bytes, kind: str) -> bytes:
    words = TOKENS.get(kind, BINARY)
    # A part that is no longer XML says little of the reader behind the XML parser.
    ways = _KEEPING_XML if octets.lstrip().startswith(b"<") and rng.random() < 0.7 else _WAYS
    for _ in range(rng.choice((1, 1, 2, 4))):
        octets = rng.choice(ways)(rng, octets, other, words)[:LONGEST]
    return octets


def _cut(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    return octets[: rng.randint(0, len(octets))]


def _flip(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    changed = bytearray(octets)
    for _ in range(rng.choice((1, 1, 2, 12)) if changed else 0):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _overwrite(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    """A packed number becomes the limit of one."""
    piece = rng.choice(BINARY)
    at = rng.randint(0, len(octets))
    return octets[:at] + piece + octets[at + len(piece) :]


def _move(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    at, to, length = rng.randint(0, len(octets)), rng.randint(0, len(octets)), rng.choice(_LENGTHS)
    return octets[:to] + octets[at : at + length] + octets[to + length :]


def _repeat(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    at, length = rng.randint(0, len(octets)), rng.choice(_LENGTHS)
    return octets[:at] + octets[at : at + length] * rng.choice((2, 40, 300)) + octets[at + length :]


def _drop(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    at = rng.randint(0, len(octets))
    return octets[:at] + octets[at + rng.choice(_LENGTHS) :]


def _insert(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    at = rng.randint(0, len(octets))
    return octets[:at] + rng.choice(words) * rng.choice((1, 1, 1, 3, 200)) + octets[at:]


def _splice(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    """The beginning of one document, the end of another, or a piece of it in between."""
    at, start = rng.randint(0, len(octets)), rng.randint(0, len(other))
    if rng.random() < 0.5:
        return octets[:at] + other[start:]
    return octets[:at] + other[start : start + 4 * rng.choice(_LENGTHS)] + octets[at:]


def _number(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    return _replaced(rng, octets, _NUMBER, lambda found: rng.choice(NUMBERS))


def _tag(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    return _replaced(rng, octets, _TAG, lambda found: found * rng.choice((0, 2, 300)))


def _attribute(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    """A word put into a tag."""
    return _replaced(rng, octets, _TAG, lambda found: found[:-1] + b" " + rng.choice(words) + found[-1:])


def _element(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    """An element dropped, doubled, or put into itself many times."""

    def change(found: bytes) -> bytes:
        opening = found[: found.index(b">") + 1]
        return rng.choice((b"", found * 2, opening * 60 + found))

    return _replaced(rng, octets, _ELEMENT, change)


def _value(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    """The value of an attribute made absurd, or that of another."""
    donor = _VALUE.search(other, rng.randint(0, len(other)))
    absurd = b'"' + rng.choice(NUMBERS) + b'"'
    value = donor.group() if donor and rng.random() < 0.4 else absurd
    return _replaced(rng, octets, _VALUE, lambda found: value)


def _graft(rng: Random, octets: bytes, other: bytes, words: tuple[bytes, ...]) -> bytes:
    """An element of another document, or one that is known to be hard, behind a tag."""
    donor = _ELEMENT.search(other, rng.randint(0, len(other)))
    piece = donor.group() if donor else b""
    if not piece or rng.random() < 0.4:
        piece = rng.choice([word for word in words if word.endswith(b"/>")] or [b"<x/>"])
    times = rng.choice((1, 1, 2, 100))
    return _replaced(rng, octets, _TAG, lambda found: found + piece * times)


def _replaced(
    rng: Random, octets: bytes, pattern: re.Pattern[bytes], change: Callable[[bytes], bytes]
) -> bytes:
    """One match changed: the first behind a place that is drawn."""
    place = rng.randint(0, len(octets))
    found = pattern.search(octets, place) or pattern.search(octets)
    if found is None:
        return octets
    return octets[: found.start()] + change(found.group()) + octets[found.end() :]


_WAYS: tuple[Damage, ...] = (
    _cut, _flip, _flip, _overwrite, _move, _repeat, _drop, _insert, _insert, _splice, _number, _number, _tag,
    _attribute, _element, _value, _graft,
)  # fmt: skip
_KEEPING_XML: tuple[Damage, ...] = (_value, _value, _value, _element, _element, _graft, _graft, _number)
