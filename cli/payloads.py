"""Payloads of the archive looked at side by side: in what they differ, and the lines of their source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff

from cli.desk import Desk
from errors import Damaged
from parser.visible import differences, source_lines
from storage.archive import place_of, read_reply
from storage.exchange import decode_content
from storage.models import Capture

PAYLOAD_LIMIT = 256 * 1024 * 1024
"""A payload whose content coding unpacks to more than this is not looked at."""
LINES = 40
"""Lines of a source diff that are shown; a page that was made anew differs in all of them."""
WIDTH = 200
_LEAD = 40
"""Characters shown before the first that differs, where a line is too long to be shown whole."""


class Payloads:
    """Payloads without their content coding. Keeps the last one, since neighbours are compared in turn."""

    def __init__(self, here: Desk) -> None:
        self._folder = here.settings.archive_dir
        self._last: tuple[int, bytes] | None = None

    def differences(self, old: Capture, new: Capture) -> tuple[str, ...]:
        """The kinds of differences (`parser.visible`). Raises `CannotRead`, `Damaged`."""
        return differences(self.read(old), self.read(new))

    def read(self, capture: Capture) -> bytes:
        if self._last is not None and self._last[0] == capture.id:
            return self._last[1]
        place = place_of(capture)
        if place is None:
            return b""
        reply = read_reply(self._folder, place)
        try:
            payload = decode_content(reply, PAYLOAD_LIMIT)
        except ValueError as error:
            raise Damaged(segment=place.segment, offset=place.offset, url=place.url, problem=error) from error
        self._last = (capture.id, payload)
        return payload


def source_diff(old: bytes, new: bytes) -> list[str] | None:
    """A unified diff of two sources without its head; `None` where one of them is no text."""
    before, after = source_lines(old), source_lines(new)
    if before is None or after is None:
        return None
    return list(_cut([*unified_diff(before, after, n=1, lineterm="")][2:]))


def _cut(lines: Sequence[str]) -> Iterator[str]:
    """Long lines from where they differ: a line that went is held against the one that came for it."""
    position = 0
    while position < len(lines):
        block = [_run(lines, position, "-")]
        block.append(_run(lines, position + len(block[0]), "+"))
        for one, sign in ((0, "-"), (1, "+")):
            for number, line in enumerate(block[one]):
                other = block[1 - one][number][1:] if number < len(block[1 - one]) else ""
                yield sign + _window(line[1:], other)
        position += len(block[0]) + len(block[1])
        if not block[0] and not block[1]:
            yield _window(lines[position], "")
            position += 1


def _run(lines: Sequence[str], start: int, sign: str) -> list[str]:
    end = start
    while end < len(lines) and lines[end].startswith(sign):
        end += 1
    return list(lines[start:end])


def _window(line: str, other: str) -> str:
    if len(line) <= WIDTH:
        return line
    alike = next((at for at, pair in enumerate(zip(line, other, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, alike - _LEAD)
    return ("…" if start else "") + line[start : start + WIDTH] + ("…" if start + WIDTH < len(line) else "")
