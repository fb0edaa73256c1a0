"""The binary texts of Word 97 to 2003 and of WPS, by way of DOCX.

msdoc2docx turns the file into a DOCX package without running anything of it; our DOCX reader reads that.
Locators are XPaths in the package, which the same version of the library makes again from the same octets.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from doc2docx import convert  # type: ignore[import-untyped]
from doc2docx.errors import (  # type: ignore[import-untyped]
    EncryptedDocumentError,
    InvalidWordDocument,
    UnsupportedFeatureError,
)
from doc2docx.msdoc import formatting  # type: ignore[import-untyped]

from parser.document import Document, State, Unreadable
from parser.readers import docx
from parser.readers.ole import LIMITS

_strict = formatting.parse_grpprl


def _lenient(data: bytes, **options: Any) -> Any:
    """Properties of a paragraph or run, where need be without the last octet.

    Their length is kept in pairs of octets, so an odd list has one to spare. Word ignores it; LibreOffice
    leaves in it what was there before, and the library then refuses the whole document.
    """
    try:
        return _strict(data, **options)
    except InvalidWordDocument:
        return _strict(data[:-1], **options)


# Rests on a private name: pyproject.toml keeps to one release line, and a test has such a file.
formatting.parse_grpprl = _lenient


def read(payload: bytes) -> Document:
    """Turn a DOC or WPS file into a document. Raises `Unreadable`."""
    return replace(docx.read(_as_docx(payload)), format="doc")


def _as_docx(payload: bytes) -> bytes:
    """The file as a DOCX package."""
    # The library takes and gives files only; they live in a folder of their own, and not for long.
    with tempfile.TemporaryDirectory(prefix="nianbao-doc-") as folder:
        source, target = Path(folder, "report.doc"), Path(folder, "report.docx")
        source.write_bytes(payload)
        try:
            convert(source, target, limits=LIMITS)
        except EncryptedDocumentError as error:
            raise Unreadable(State.ENCRYPTED, "The document is protected with a password.") from error
        except UnsupportedFeatureError as error:
            raise Unreadable(State.UNSUPPORTED, f"The document cannot be read: {error}.") from error
        except (OSError, MemoryError):  # the machine's fault, not the document's
            raise
        except Exception as error:  # a file made to break a library must not break the night
            raise Unreadable(
                State.DAMAGED, f"The document is damaged: {error or type(error).__name__}."
            ) from error
        return target.read_bytes()
