"""OLE compound files: the container of DOC, WPS, XLS and ET, and of encrypted DOCX and XLSX."""

from __future__ import annotations

from doc2docx.cfb import CompoundFile, CompoundFileLimits  # type: ignore[import-untyped]
from doc2docx.errors import Doc2DocxError, StreamNotFound  # type: ignore[import-untyped]

from parser.document import Document, State, Unreadable

MOST_OCTETS = 64 * 1024 * 1024
"""Octets of one stream."""

LIMITS = CompoundFileLimits(
    max_input_bytes=128 * 1024 * 1024, max_stream_bytes=MOST_OCTETS, max_directory_entries=50_000
)
_WORD = ("WordDocument",)
_BOOK = ("Workbook", "Book", "WORKBOOK")
_CIPHER = ("EncryptedPackage", "EncryptionInfo")


def kind(payload: bytes) -> str:
    """The kind of document by the names of its streams: `doc`, `xls`, or `ole` for any other.

    Where the directory cannot be read, the names are looked for in the octets, so that a damaged report is
    called damaged and not unknown.
    """
    try:
        names = {entry.name for entry in open_file(payload).entries if "/" not in entry.path.strip("/")}
    except Unreadable:
        names = {name for name in (*_WORD, *_BOOK, *_CIPHER) if name.encode("utf-16-le") in payload}
    if names.intersection(_CIPHER):
        return "ole"
    if names.intersection(_WORD):
        return "doc"
    return "xls" if names.intersection(_BOOK) else "ole"


def open_file(payload: bytes) -> CompoundFile:
    """The compound file. Raises `Unreadable` where it is damaged."""
    try:
        return CompoundFile(payload, limits=LIMITS)
    except (Doc2DocxError, ValueError, IndexError, OverflowError, RecursionError) as error:
        raise Unreadable(State.DAMAGED, f"The compound file is damaged: {error}.") from error


def stream(payload: bytes, *names: str) -> bytes:
    """The octets of the first stream of these names that there is. Raises `Unreadable`."""
    file = open_file(payload)
    try:
        for name in names:
            try:
                return bytes(file.open_stream(name))
            except StreamNotFound:
                continue
    except (Doc2DocxError, ValueError, IndexError, OverflowError) as error:
        raise Unreadable(State.DAMAGED, f"The compound file is damaged: {error}.") from error
    raise Unreadable(State.DAMAGED, f"The compound file has no stream “{names[0]}”.")


def read(payload: bytes) -> Document:
    """Say why a compound file that is neither a text nor a workbook is not read."""
    if any(name.encode("utf-16-le") in payload for name in _CIPHER):
        raise Unreadable(State.ENCRYPTED, "The document is protected with a password.")
    raise Unreadable(State.UNSUPPORTED, "The compound file holds neither a text nor a workbook.")
