"""Documents that an office program wrote as one XML file: Word and Excel 2003 XML, flat Open XML packages,
flat OpenDocument. Each is read by the reader of the format that it stands for.

Places in a Word file are XPaths in the WordprocessingML that is made of it here, as with DOC.
"""

from __future__ import annotations

import io
import zipfile

from lxml import etree  # type: ignore[import-untyped]
from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Document, State, Unreadable
from parser.readers import docx, excel_xml, odt, sheets
from parser.readers.docx_numbers import W
from parser.readers.package import MOST_XML, parse_xml

_WORD = "{http://schemas.microsoft.com/office/word/2003/wordml}"
_HINT = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_NOTE = "{http://schemas.microsoft.com/aml/2001/core}annotation"
_FLAT = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_RENAMED = {"vmerge": "vMerge", "hmerge": "hMerge", "footnote": "del", "endnote": "del"}
"""Names that differ between the two; a note stands in the middle of its paragraph, and is none of it."""
_AWAY = ("Word.Deletion", "Word.Comment")


def read(payload: bytes) -> Document:
    """Turn such a file into a document. Raises `Unreadable`."""
    if len(payload) > MOST_XML:
        raise Unreadable(State.TOO_LARGE, f"The XML file has more than {MOST_XML} octets.")
    root = parse_xml(payload.lstrip(), "document")
    space, _, name = str(root.tag).rpartition("}")
    if root.tag == f"{_FLAT}package":
        is_text = any(part.get(f"{_FLAT}name", "").startswith("/word/") for part in root)
        return docx.read(_package(root)) if is_text else sheets.read(_package(root))
    if root.tag == f"{_WORD}wordDocument":
        made = _open_xml(root)
        styles = made.find(f"{W}styles")
        parts = {"word/document.xml": made} | ({} if styles is None else {"word/styles.xml": styles})
        return docx.read(_zipped({name: etree.tostring(part) for name, part in parts.items()}))
    if name == "Workbook":
        return excel_xml.document(root)
    if name == "document" and "opendocument" in space:
        return odt.document(root, "/office:document", root)
    raise Unreadable(State.UNSUPPORTED, f"XML files of this kind ({name}) are not read.")


def _package(root: Element) -> bytes:
    """The ZIP package whose XML parts a flat one holds; pictures and the like are left out."""
    found = {}
    for part in root.iter(f"{_FLAT}part"):
        data = part.find(f"{_FLAT}xmlData")
        if data is not None and len(data):
            found[part.get(f"{_FLAT}name", "").lstrip("/")] = etree.tostring(data[0])
    return _zipped(found)


def _zipped(parts: dict[str, bytes]) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as package:
        for name, part in parts.items():
            package.writestr(zipfile.ZipInfo(name), part)
    return octets.getvalue()


def _open_xml(root: Element) -> Element:
    """A Word 2003 document with the names of Open XML, deletions and comments marked as that has them, and
    the numbers of lists, which Word writes beside a paragraph, in it."""
    made = etree.Element(f"{W}document", nsmap={"w": W[1:-1]})
    made.extend(root)
    for node in made.iter(etree.Element):
        tag = str(node.tag)
        if tag == _NOTE and node.get(f"{_WORD}type") in _AWAY:
            node.tag = f"{W}del"
        elif tag.startswith(_WORD):
            name = tag.removeprefix(_WORD)
            node.tag = f"{W}{_RENAMED.get(name, name)}"
        for attribute in [one for one in node.attrib if one.startswith(_WORD)]:
            node.set(attribute.replace(_WORD, W), node.attrib.pop(attribute))
    for number in list(made.iter(f"{_HINT}t")):
        paragraph = next(number.iterancestors(f"{W}p"), None)
        written = number.get(f"{_HINT}val")
        if paragraph is not None and written and number.getparent().tag == f"{W}listPr":
            run = etree.Element(f"{W}r")
            etree.SubElement(run, f"{W}t").text = written
            properties = paragraph.find(f"{W}pPr")
            paragraph.insert(paragraph.index(properties) + 1, run)
    return made
