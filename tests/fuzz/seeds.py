"""Small good documents of every format: made when they are asked for, so that no corpus has to be kept."""

from __future__ import annotations

import ctypes.util
import io
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from PIL import Image

from bench.truthset.archives import rar, seven_zip, zipped
from bench.truthset.documents import document
from parser.readers import BUNDLES, READERS
from tests.parser.readers.drawn import docx_file, odt_file, ofd_file, raw_pdf, reports, rtf_file, xlsx_file

KINDS = tuple(dict.fromkeys((*READERS, *BUNDLES)))
"""The formats that are damaged: those with a reader."""

PICTURES = "picture"
"""Not a format but a sort of images: those that reach the recogniser, made by `tests.fuzz.pictures`."""

LARGEST = 30_000
"""Octets of a seed: many small documents find more than few large ones."""

LIBARCHIVE = ctypes.util.find_library("archive") is not None
"""7z and RAR are opened where the system has it; elsewhere they are `unsupported`."""

DATA = Path(__file__).parents[1] / "parser" / "readers" / "data"
_SEED = 77


@cache
def seeds(kind: str) -> tuple[bytes, ...]:
    """Good documents of this format, smallest first, and the same ones in every process."""
    return tuple(sorted((_dateless(one) for one in _MAKERS[kind]()), key=len))


def _dateless(payload: bytes) -> bytes:
    """The payload; where it is a ZIP, without the time at which it was made."""
    if not payload.startswith(b"PK\x03\x04"):
        return payload
    octets = bytearray(payload)
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        starts = [info.header_offset + 10 for info in archive.infolist()]
        at = archive.start_dir
        for _ in archive.infolist():
            starts.append(at + 12)
            at += 46 + sum(struct.unpack_from("<HHH", octets, at + 28))
    for start in starts:
        octets[start : start + 4] = b"\x00\x00\x21\x00"
    return bytes(octets)


def _made(*endings: str, tables: bool = False) -> Callable[[], list[bytes]]:
    """Documents of the truth set, of several forms; with `tables` those that have some."""

    def make() -> list[bytes]:
        found = []
        for ending in endings:
            for form in ("2021", "2019", "statistics", "prose"):
                if (form, ending) == ("prose", "pdf-bare") or (tables and form == "prose"):
                    continue
                drawn = (document(_SEED, number, form=form, ending=ending).payload for number in range(40))
                found.append(next(one for one in drawn if len(one) < LARGEST))
        return found

    return make


def _small() -> reports.Made:
    return reports.report("pre2019", 7)


def _kept(*names: str) -> list[bytes]:
    return [(DATA / name).read_bytes() for name in names]


def _members() -> dict[str, bytes]:
    return {
        "附件1.txt": document(_SEED, 2, form="2021", ending="txt").payload,
        "年度报告/报告.docx": _dateless(docx_file.document(_small(), 7)),
        "a.html": document(_SEED, 3, form="prose", ending="html").payload,
    }


def _images() -> list[bytes]:
    found = []
    for form in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"):
        stream = io.BytesIO()
        Image.frombytes("L", (24, 16), Random(1).randbytes(24 * 16)).save(stream, form)
        found.append(stream.getvalue())
    return found


def _pdfs() -> list[bytes]:
    words = b"BT /F1 12 Tf 72 700 Td (1 2 3) Tj ET 72 690 m 500 690 l S 72 600 400 80 re S /X1 Do"
    return [*_made("pdf", "pdf-bare")(), raw_pdf.file_of(words), raw_pdf.file_of(words, 3)]


_MAKERS: dict[str, Callable[[], list[bytes]]] = {
    "html": _made("html"),
    "text": _made("txt", "md"),
    "csv": _made("csv", tables=True),
    "mhtml": _made("mhtml"),
    "xml": _made("xml"),
    "pdf": _pdfs,
    "docx": lambda: [*_made("docx")(), docx_file.document(_small(), 7)],
    "doc": lambda: [*_kept("habits-0.doc") * 3, *_kept("odd-octet.doc")],
    "rtf": lambda: [rtf_file.text(_small(), seed) for seed in (1, 2, 3)],
    "odt": lambda: [odt_file.text(_small(), 7), odt_file.text(reports.report("2021", 7), 7)],
    "ods": lambda: _kept("2019-1004.ods"),
    "xlsx": lambda: [xlsx_file.workbook(_small(), 7), xlsx_file.workbook(reports.report("2021", 7), 7)],
    "xls": lambda: _kept("pre2019-1002.xls", "2019-1001.xls"),
    "ofd": lambda: [ofd_file.file(_small(), 7), ofd_file.file(_small(), 8)],
    "zip": lambda: [
        zipped(_members()),
        zipped(_members(), "gb18030"),
        zipped({"内.zip": zipped(_members())}),
    ],
    "7z": lambda: [*_kept("2021-1009.7z"), *([seven_zip(_members())] if LIBARCHIVE else [])],
    "rar": lambda: [rar(_members())],
    # A compound file that is neither a text nor a workbook: the name of its stream tells.
    "ole": lambda: [
        one.replace("Workbook".encode("utf-16-le"), "Xorkbook".encode("utf-16-le"))
        for one in _kept("pre2019-1002.xls")
    ],
    "image": _images,
}
