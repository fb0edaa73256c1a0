"""Payloads as damage and malice leave them: hypothesis strategies over a good file.

`broken` works on the octets of the file; `broken_parts` opens a ZIP package, works on one of its parts, and
closes it again, so that the damage reaches the reader and does not end at the archive's checksum.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from hypothesis import strategies as st

Mutation = Callable[[bytes], bytes]

_NUMBER = re.compile(rb"\d+")
_TAG = re.compile(rb"<[^<>]*>")
_WORD = re.compile(rb"\\[a-z]+-?\d* ?")
EXTREME = (
    b"", b"0", b"-1", b"1", b"255", b"32768", b"65535", b"65536", b"1000000", b"2147483648", b"999999999999",
    b"18446744073709551616", b"1e308", b"NaN",
)  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn) -> Mutation:
    """A way to break a file: cut it, flip bits, move, repeat or drop a stretch, make a number absurd, repeat
    or drop a tag or word."""
    kind = draw(
        st.sampled_from(("cut", "flip", "flip", "move", "repeat", "drop", "number", "number", "tag", "word"))
    )
    where = draw(st.floats(0, 1, exclude_max=True))
    target = draw(st.floats(0, 1, exclude_max=True))
    length = draw(st.sampled_from((1, 2, 4, 16, 128, 1024)))
    seeds = draw(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)), max_size=12))
    extreme = draw(st.sampled_from(EXTREME))
    times = draw(st.sampled_from((0, 2, 300)))

    def mutate(octets: bytes) -> bytes:
        at, to = int(where * len(octets)), int(target * len(octets))
        piece = octets[at : at + length]
        match kind:
            case "cut":
                return octets[:at]
            case "flip":
                changed = bytearray(octets)
                for place, bit in seeds if changed else ():
                    changed[int(place * len(changed))] ^= 1 << bit
                return bytes(changed)
            case "move":
                return octets[:to] + piece + octets[to + length :]
            case "repeat":
                return octets[:at] + piece * 40 + octets[at:]
            case "drop":
                return octets[:at] + octets[at + length :]
            case "number":
                return _replaced(octets, _NUMBER, where, lambda _: extreme)
            case "tag":
                return _replaced(octets, _TAG, where, lambda found: found * times)
            case _:
                return _replaced(octets, _WORD, where, lambda found: found * times)

    return mutate


def _replaced(octets: bytes, pattern: re.Pattern[bytes], where: float, change: Mutation) -> bytes:
    """The file with one match changed."""
    found = list(pattern.finditer(octets))
    if not found:
        return octets
    one = found[int(where * len(found))]
    return octets[: one.start()] + change(one.group()) + octets[one.end() :]


def broken(payload: bytes) -> st.SearchStrategy[bytes]:
    """The file after one to three mutations."""
    return st.lists(mutations(), min_size=1, max_size=3).map(lambda steps: _applied(steps, payload))


def broken_parts(payload: bytes) -> st.SearchStrategy[bytes]:
    """The package with one part broken."""
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}

    def packed(name: str, steps: list[Mutation]) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            for part, octets in parts.items():
                archive.writestr(part, _applied(steps, octets) if part == name else octets)
        return stream.getvalue()

    # The largest part is the one with the tables.
    names = sorted(parts, key=lambda name: -len(parts[name]))
    return st.builds(
        packed,
        st.sampled_from((*names[:1] * 4, *names[:6])),
        st.lists(mutations(), min_size=1, max_size=3),
    )


def _applied(steps: list[Mutation], octets: bytes) -> bytes:
    for step in steps:
        octets = step(octets)
    return octets
