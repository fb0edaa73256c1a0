"""Files made to exhaust a worker, read in a process with the limits of one: each has its named state."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.truthset.archives import zipped
from tests.parser.readers.drawn import docx_file, odt_file, ofd_file, raw_pdf, xlsx_file

MEMORY = 1500 * 1024 * 1024
"""Octets of address space, as the night gives to a worker."""

SECONDS = 45
FAT_SECTOR = 0xFFFFFFFD
DATA = Path(__file__).parent / "data"

# Answers with the state, the seconds of processor time, and the highest use of memory in KiB (that of this
# program: `ru_maxrss` begins with what the process that started it held).
WORKER = """
import json, re, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))
from parser import parse
reading = parse(Path(sys.argv[3]).read_bytes())
spent = resource.getrusage(resource.RUSAGE_SELF)
most = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
print(json.dumps([reading.state, reading.reason, spent.ru_utime, most]))
"""


# Reads the files of a folder in rounds, and answers with what it holds after the second and the last, in KiB.
STEADY = """
import gc, json, sys
from pathlib import Path
from parser import parse
held = []
files = [path.read_bytes() for path in sorted(Path(sys.argv[1]).iterdir())]
for _ in range(4):
    for payload in files:
        parse(payload)
    gc.collect()
    held.append(int(Path("/proc/self/statm").read_text().split()[1]) * 4)
print(json.dumps([held[1], held[-1]]))
"""


def _zeros(name: str, count: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        if name == "content.xml":
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        with archive.open(name, "w", force_zip64=True) as part:
            for _ in range(count):
                part.write(bytes(1 << 20))
    return stream.getvalue()


def _overlapping() -> bytes:
    """A directory of 15,000 entries that all lead to the same 4 MB."""
    payload = _many(1, bytes(4 << 20))
    start = payload.index(b"PK\x01\x02")
    end = payload.index(b"PK\x05\x06")
    entry = payload[start:end]
    entries = b"".join(entry.replace(b"00000", b"%05d" % number) for number in range(15_000))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 15_000, 15_000, len(entries), start, 0)
    return payload[:start] + entries + tail


def _many(count: int, octets: bytes) -> bytes:
    return zipped({f"{number:05}.txt": octets for number in range(count)})


def _sheet(rows: str) -> bytes:
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return xlsx_file.package([("表", f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>")])


def _strings_without_end() -> bytes:
    """A workbook whose shared strings claim to be four thousand millions."""
    payload = bytearray((DATA / "2021-1000.xls").read_bytes())
    place = payload.index(b"\xfc\x00", payload.index(b"\x09\x08\x10\x00\x00\x06\x05\x00"))
    payload[place + 8 : place + 12] = b"\xff\xff\xff\xff"
    return bytes(payload)


def _nested(depth: int) -> bytes:
    payload = bytes(16)
    for _ in range(depth):
        payload = zipped({f"{number}.zip": payload for number in range(12)})
    return payload


def _odt(xml: str) -> bytes:
    """A package with this as its whole content."""
    kind = "application/vnd.oasis.opendocument.text"
    return zipped({"mimetype": kind.encode(), "content.xml": xml.encode()})


def _laughs() -> bytes:
    """Entities of entities, ten to the ninth of them."""
    bombs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return _odt(f'<!DOCTYPE a [<!ENTITY a0 "公开">{bombs}]><a>&a9;</a>')


def _sectors_in_a_circle() -> bytes:
    """A workbook whose every sector is followed by the one before it."""
    payload = bytearray((DATA / "2021-1000.xls").read_bytes())
    (table,) = struct.unpack_from("<I", payload, 76)
    for number in range(1, len(payload) // 512 - 1):
        place = (table + 1) * 512 + 4 * number
        if struct.unpack_from("<I", payload, place)[0] != FAT_SECTOR:
            struct.pack_into("<I", payload, place, number - 1)
    return bytes(payload)


def _pages_in_a_circle() -> bytes:
    payload = raw_pdf.file_of(b"BT ET")
    return payload.replace(b"/Count 1 /Kids [3 0 R]", b"/Count 9 /Kids [2 0 R]")


def _docx(body: str) -> bytes:
    return docx_file.package(body)


DOCX_CELL = "<w:tc><w:p/></w:tc>"
CELL = "<table:table-cell><text:p>7</text:p></table:table-cell>"
FILES: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "odt-zeros": (lambda: _zeros("content.xml", 300), {"too_large"}),
    "odt-cells": (
        lambda: odt_file.package(
            f"<table:table>{f'<table:table-row>{CELL * 100}</table:table-row>' * 450}</table:table>"
        ),
        {"not_a_report"},
    ),
    "odt-million-cells": (
        lambda: odt_file.package(
            "<table:table>"
            + f"<table:table-row>{'<table:table-cell/>' * 100}</table:table-row>" * 10_000
            + "</table:table>"
        ),
        {"too_large"},
    ),
    "odt-deep-tables": (
        lambda: odt_file.package(
            "<table:table><table:table-row><table:table-cell>" * 75
            + "<text:p>7</text:p>"
            + "</table:table-cell></table:table-row></table:table>" * 75
        ),
        {"not_a_report", "damaged"},
    ),
    "xlsx-million-cells": (lambda: _sheet("<row>" + "<c><v>1</v></c>" * 1_000_000 + "</row>"), {"too_large"}),
    "xlsx-tall": (
        lambda: _sheet("".join(f'<row r="{7 * n + 1}"><c><v>1</v></c></row>' for n in range(140_000))),
        {"not_a_report"},
    ),
    "xlsx-corner": (
        lambda: _sheet(
            '<row r="1"><c><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
        {"not_a_report"},
    ),
    "xls-strings": (_strings_without_end, {"damaged", "report"}),
    "rtf-braces": (lambda: b"{\\rtf1" + b"{" * 60_000_000, {"damaged"}),
    "rtf-picture": (lambda: b"{\\rtf1{\\pict " + b"00" * 30_000_000 + b"}}", {"image_only"}),
    "rtf-words": (lambda: b"{\\rtf1" + b"\\par" * 15_000_000, {"too_large"}),
    "rtf-cells": (
        lambda: (
            b"{\\rtf1" + (b"\\trowd" + b"\\cellx9" * 99 + b"\\intbl 7\\cell" * 100 + b"\\row") * 450 + b"}"
        ),
        {"not_a_report"},
    ),
    "ofd-characters": (
        lambda: ofd_file.package(
            [
                '<ofd:TextObject Boundary="1 1 9 9" Size="4"><ofd:TextCode X="0" Y="3" DeltaX="g 50000 0.01">'
                f"{'公' * 50_000}</ofd:TextCode></ofd:TextObject>"
            ]
            * 30
        ),
        {"too_large"},
    ),
    "ofd-rules": (
        lambda: ofd_file.package(
            [
                '<ofd:PathObject Boundary="10 10 90 90"><ofd:AbbreviatedData>'
                + "".join(f"M 0 {n / 100} L 80 {n / 100} " for n in range(8_000))
                + "</ofd:AbbreviatedData></ofd:PathObject>"
            ]
            * 4
        ),
        {"empty"},
    ),
    "odt-entities": (_laughs, {"damaged"}),
    "odt-deep": (lambda: _odt("<a>" * 200_000 + "</a>" * 200_000), {"damaged", "unsupported"}),
    "docx-million-cells": (
        lambda: _docx("<w:tbl>" + f"<w:tr>{DOCX_CELL * 100}</w:tr>" * 10_000 + "</w:tbl>"),
        {"too_large"},
    ),
    "docx-wide": (
        lambda: _docx(
            "<w:tbl>"
            + f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="{10**9}"/></w:tcPr><w:p/></w:tc></w:tr>' * 1000
            + "</w:tbl>"
        ),
        {"not_a_report", "empty"},
    ),
    "html-million-cells": (lambda: b"<table>" + b"<tr><td>1" * 1_000_000 + b"</table>", {"too_large"}),
    "html-wide": (
        lambda: b"<table>" + b"<tr><td colspan=1000000000 rowspan=1000000000>7" * 2_000 + b"</table>",
        {"not_a_report"},
    ),
    "html-deep": (lambda: b"<html>" + b"<div>" * 250_000 + b"7", {"not_a_report", "damaged"}),
    "text-rows": (lambda: b"| 1 | 2 |\n" * 5_000_000, {"too_large"}),
    "pdf-pages": (lambda: raw_pdf.file_of(b"BT ET", 100_000), {"too_large"}),
    "pdf-circle": (_pages_in_a_circle, {"empty", "damaged", "image_only"}),
    "ole-circle": (_sectors_in_a_circle, {"damaged", "unsupported"}),
    "zip-zeros": (lambda: _zeros("年报.txt", 400), {"too_large"}),
    "zip-overlapping": (_overlapping, {"too_large"}),
    "zip-in-zip": (lambda: _nested(4), {"too_large"}),
    "zip-directory": (lambda: _many(25_000, b""), {"too_large"}),
}


@pytest.mark.parametrize("name", FILES)
def test_no_file_exhausts_a_worker(name: str, tmp_path: Path) -> None:
    make, states = FILES[name]
    path = tmp_path / "payload"
    path.write_bytes(make())
    answer = subprocess.run(
        [sys.executable, "-c", WORKER, str(MEMORY), str(SECONDS), str(path)],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-600:]
    state, reason, seconds, memory = json.loads(answer.stdout)
    print(f"{name}: {state} ({reason}) in {seconds:.1f} s, {memory // 1024} MiB")  # noqa: T201
    assert state in states, reason
    assert memory * 1024 < MEMORY


def test_the_memory_of_a_worker_stays_flat(tmp_path: Path) -> None:
    truth = DATA.parents[1] / "truth"
    files = [*(DATA / name for name in ("2021-1000.xls", "2021-1003.odt", "odd-octet.doc", "2019-1005.rtf"))]
    files += [truth / f"2021-{name}" for name in ("docx.docx", "html.html", "pdf.pdf", "txt.txt")]
    for path in files:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    answer = subprocess.run(
        [sys.executable, "-c", STEADY, str(tmp_path)], capture_output=True, text=True, timeout=110, check=True
    )
    second, last = json.loads(answer.stdout)
    assert last - second < 8 * 1024, f"{second} KiB grew to {last} KiB over two rounds"
