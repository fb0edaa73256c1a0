"""Pictures that stand in an office document, in the order in which they stand there.

Agencies paste the sheets of a scanned report into Word; such a document has next to no text of its own. Only
what lies in the package itself is given out: a picture that is linked from elsewhere is never asked for.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import State, Unreadable
from parser.readers.package import Package

PASTED = "part:"
"""How such a picture is named: `part:word/media/image1.jpeg` is that part of the package."""

FORMATS = {"docx": "word/document.xml", "odt": "content.xml"}
"""Formats of which the pictures are known, and the part in which they stand."""

MOST_PICTURES = 60

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_REFERENCES = ("embed", "id", "href")
"""How attributes that name a picture are called; their name space is one of two."""


def pasted(payload: bytes, kind: str) -> list[tuple[str, bytes]]:
    """The pictures of a document of one of `FORMATS`, each with its name and octets. Raises `Unreadable`."""
    package = Package(payload)
    main = FORMATS[kind]
    if main not in package:
        return []
    targets = _related(package, main) if kind == "docx" else None
    found: dict[str, bytes] = {}
    for reference in _references(package.xml(main)):
        name = targets.get(reference) if targets is not None else posixpath.normpath(reference)
        if name is not None and name in package and len(found) < MOST_PICTURES:
            found.setdefault(f"{PASTED}{name}", package.read(name))
    return list(found.items())


def picture(payload: bytes, name: str) -> bytes:
    """The octets of a picture by its name. Raises `Unreadable` where there is none."""
    if not name.startswith(PASTED):
        raise Unreadable(State.DAMAGED, f"“{name}” names no picture of a document.")
    return Package(payload).read(name.removeprefix(PASTED))


def _references(root: Element) -> Iterator[str]:
    for element in root.iter("{*}blip", "{*}imagedata", "{*}image"):
        for name, value in element.attrib.items():
            if name.startswith("{") and name.rpartition("}")[2] in _REFERENCES and value:
                yield value


def _related(package: Package, main: str) -> dict[str, str]:
    """The parts that the main part refers to, by the number of the reference; none outside the package."""
    folder, name = posixpath.split(main)
    table = posixpath.join(folder, "_rels", f"{name}.rels")
    if table not in package:
        return {}
    return {
        relation.get("Id") or "": posixpath.normpath(posixpath.join(folder, relation.get("Target") or ""))
        for relation in package.xml(table).iter(_RELATION)
        if relation.get("TargetMode") != "External"
    }
