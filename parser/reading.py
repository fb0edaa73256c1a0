"""`parse`: from a payload to a `Reading`, whatever the payload is."""

from __future__ import annotations

from parser.document import Document, State, Unreadable
from parser.narrative import compose
from parser.readers import detect, read
from parser.report import Reading

PARSER_VERSION = "1"
"""Changes whenever the same bytes may give another reading; records remember which version made them."""

MAX_PAYLOAD = 64 * 1024 * 1024
"""Octets above which a payload is not looked into: the longest report seen is a scan of 30 MiB."""


def parse(payload: bytes) -> Reading:
    """Read one payload. Never raises for what the payload contains; the state says what became of it."""
    if not payload.strip(b" \t\r\n\x00"):
        return Reading(State.EMPTY, "", "The payload is empty.")
    kind = detect(payload)
    if len(payload) > MAX_PAYLOAD:
        return Reading(State.TOO_LARGE, kind, f"The payload has more than {MAX_PAYLOAD} octets.")
    try:
        document = read(payload, kind)
    except Unreadable as unreadable:
        return Reading(unreadable.state, kind, unreadable.reason)
    except (RecursionError, MemoryError) as exhausted:
        return Reading(State.DAMAGED, kind, f"The file could not be read: {type(exhausted).__name__}.")
    return _understand(document)


def _understand(document: Document) -> Reading:
    return compose(document)
