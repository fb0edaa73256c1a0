"""The binary texts of Word 97 to 2003 and of WPS, by way of DOCX.

msdoc2docx turns the file into a DOCX package without running anything of it; our DOCX reader reads that.
Locators are XPaths in the package, which the same version of the library makes again from the same octets.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from doc2docx import convert  # type: ignore[import-untyped]
from doc2docx.errors import EncryptedDocumentError, UnsupportedFeatureError  # type: ignore[import-untyped]

from parser.document import Document, State, Unreadable
from parser.readers import docx
from parser.readers.ole import LIMITS


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
        except OSError:  # the disk's fault, not the document's
            raise
        except Exception as error:  # a file made to break a library must not break the night
            raise Unreadable(
                State.DAMAGED, f"The document is damaged: {error or type(error).__name__}."
            ) from error
        return target.read_bytes()
