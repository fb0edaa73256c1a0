"""Documents of the set written by LibreOffice: the binary formats of Word and Excel, and its own hand in RTF,
ODT and ODS. A DOCX or XLSX of the set is what it reads; the truth stays that of the original."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.truthset.documents import Made

FILTERS = {
    "doc": "doc:MS Word 97",
    "rtf": "rtf:Rich Text Format",
    "odt": "odt:writer8",
    "xls": "xls:MS Excel 97",
    "ods": "ods:calc8",
}
_AT_ONCE = 50
_SECONDS = 600


def program() -> str | None:
    """Where LibreOffice is, if it is there."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def converted(made: Sequence[Made], ending: str) -> list[Made]:
    """The documents in the format of that ending. `FileNotFoundError` without LibreOffice; `ValueError` where
    it leaves one out."""
    office = program()
    if office is None:
        raise FileNotFoundError("LibreOffice is not installed")
    found = []
    for start in range(0, len(made), _AT_ONCE):
        found += _batch(office, made[start : start + _AT_ONCE], ending)
    return found


def _batch(office: str, made: Sequence[Made], ending: str) -> list[Made]:
    with tempfile.TemporaryDirectory() as folder:
        given, gives = Path(folder, "given"), Path(folder, "gives")
        given.mkdir()
        for one in made:
            (given / f"{one.name}.{one.ending}").write_bytes(one.payload)
        subprocess.run(
            [
                *(office, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile"),
                *("--convert-to", FILTERS[ending], "--outdir", str(gives)),
                *sorted(str(path) for path in given.iterdir()),
            ],
            check=True,
            capture_output=True,
            timeout=_SECONDS,
        )
        files = {path.stem: path.read_bytes() for path in gives.glob(f"*.{ending}")}
    missing = [one.name for one in made if one.name not in files]
    if missing:
        raise ValueError(f"LibreOffice did not convert {', '.join(missing)}")
    return [
        replace(one, ending=ending, payload=files[one.name], truth={**one.truth, "layout": "LibreOffice"})
        for one in made
    ]
