"""Documents inside a Word document: parts of another format that it shows where they are inserted
(`altChunk`, as programs write them that export web pages), and workbooks that stand in it as objects.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Block, Locator, Unreadable
from parser.readers.docx_numbers import W
from parser.readers.package import Package
from parser.readers.placing import placed

CHUNK = f"{W}altChunk"
OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
MOST = 20
"""Documents that are looked into; a report has three tables."""

_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_KINDS = {CHUNK: ("html", "mhtml", "rtf", "text"), OBJECT: ("xlsx", "xls")}


@dataclass(slots=True)
class Inserts:
    """The parts that a Word document names, by the number of their relation; `notes` is what to say of
    them."""

    package: Package
    targets: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left: int = MOST

    @classmethod
    def of(cls, package: Package, main: str) -> Inserts:
        """What the relations of the main part name inside the package."""
        folder, name = posixpath.split(main)
        found = cls(package)
        try:
            root = package.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        except Unreadable:  # the text stands without
            return found
        for relation in root.iter(_REL):
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                found.targets[relation.get("Id", "")] = target.lstrip("/")
        return found

    def blocks(self, node: Element, path: str) -> Iterator[Block]:
        """The blocks of the document that an element inserts; `path` is the element's, before their own."""
        from parser.readers import detect, read  # noqa: PLC0415 - they are met again here, for what is inside

        part = self.targets.get(node.get(_ID, ""), "")
        if part not in self.package or self.left <= 0:
            return
        self.left -= 1
        try:
            payload = self.package.read(part)
            kind = detect(payload)
            if kind not in _KINDS[node.tag]:
                return
            document = read(payload, kind)
        except Unreadable as failure:
            self.notes.append(f"The part “{part}” of the document could not be read: {failure.reason}")
            return
        if node.tag == OBJECT:
            self.notes.append(
                f"A workbook in the document (“{part}”) is read; its picture may show less of it."
            )
        self.notes += document.notes

        def here(place: Locator) -> Locator:
            return replace(place, xpath=f"{path}{place.xpath or ''}")

        for block in document.blocks:
            yield placed(block, here)
