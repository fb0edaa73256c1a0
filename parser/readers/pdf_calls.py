"""PDFium's functions that are called for every character and every piece of a line, with less round them.

The bindings of pypdfium2 wrap each handle that goes in or comes out in an object of its own, which takes
longer than what PDFium does. Here handles are plain addresses, and an answer in several numbers goes to
memory that is set aside once. The functions and what they mean are those of PDFium's public interface.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

_ADDRESS, _INT = ctypes.c_void_p, ctypes.c_int


def address(handle: Any) -> int:
    """The address in a handle of pypdfium2."""
    return ctypes.cast(handle, _ADDRESS).value or 0


def _direct(function: Any, answer: Any, *asked: Any) -> Callable[..., Any]:
    return ctypes.CFUNCTYPE(answer, *asked)(address(function))


# Characters: the text page and the number of the character; boxes and matrices go to an address.
unicode_of = _direct(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _ADDRESS, _INT)
text_object_of = _direct(pdfium.FPDFText_GetTextObject, _ADDRESS, _ADDRESS, _INT)
loose_box_of = _direct(pdfium.FPDFText_GetLooseCharBox, _INT, _ADDRESS, _INT, _ADDRESS)

# Drawn objects: the object; numbers go to addresses.
object_of_page = _direct(pdfium.FPDFPage_GetObject, _ADDRESS, _ADDRESS, _INT)
object_of_form = _direct(pdfium.FPDFFormObj_GetObject, _ADDRESS, _ADDRESS, ctypes.c_ulong)
count_objects = _direct(pdfium.FPDFFormObj_CountObjects, _INT, _ADDRESS)
matrix_of_object = _direct(pdfium.FPDFPageObj_GetMatrix, _INT, _ADDRESS, _ADDRESS)
kind_of_object = _direct(pdfium.FPDFPageObj_GetType, _INT, _ADDRESS)
bounds_of = _direct(pdfium.FPDFPageObj_GetBounds, _INT, _ADDRESS, *(_ADDRESS,) * 4)
render_mode_of = _direct(pdfium.FPDFTextObj_GetTextRenderMode, _INT, _ADDRESS)

# Paths: the path, and for the functions of a segment what `segment_of` gave.
draw_mode_of = _direct(pdfium.FPDFPath_GetDrawMode, _INT, _ADDRESS, _ADDRESS, _ADDRESS)
count_segments = _direct(pdfium.FPDFPath_CountSegments, _INT, _ADDRESS)
segment_of = _direct(pdfium.FPDFPath_GetPathSegment, _ADDRESS, _ADDRESS, _INT)
point_of = _direct(pdfium.FPDFPathSegment_GetPoint, _INT, _ADDRESS, _ADDRESS, _ADDRESS)
kind_of_segment = _direct(pdfium.FPDFPathSegment_GetType, _INT, _ADDRESS)
closes = _direct(pdfium.FPDFPathSegment_GetClose, _INT, _ADDRESS)
