"""A document that is a ZIP of XML parts (ODT, XLSX, OFD), read within limits.

Nothing outside the package is ever asked for: no external entity, no document type, no link. What a member
claims about its size is not believed; octets are counted as they are unpacked.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from functools import cached_property

from lxml import etree  # type: ignore[import-untyped]
from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import State, Unreadable

MOST_MEMBERS = 20_000
"""Members of a package; a report with a picture a page has some hundreds."""

MOST_OCTETS = 96 * 1024 * 1024
"""Octets unpacked of one package, all parts together."""

MOST_XML = 24 * 1024 * 1024
"""Octets of one XML part: a tree takes about ten times as much memory."""

_ENCRYPTED = 0x1
_LONGEST_TYPES = 1024 * 1024
_ODF = b"application/vnd.oasis.opendocument."
_MAIN_PARTS = (
    (
        re.compile(rb"wordprocessingml\.(?:document|template)\.main|ms-word\.(?:document|template)\.macro"),
        "docx",
    ),
    (re.compile(rb"spreadsheetml\.(?:sheet|template)\.main|ms-excel\.(?:sheet|template)\."), "xlsx"),
    (re.compile(rb"presentationml\.(?:presentation|slideshow|template)\.main"), "presentation"),
)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    OverflowError,
    LookupError,
)


def kind(payload: bytes) -> str:
    """What a ZIP is by its parts: `docx`, `xlsx`, `presentation`, `odt`, `ods`, `ofd`, or `zip` for a bundle
    of files. Where the directory is lost, the names are looked for in the octets."""
    try:
        package = Package(payload)
        names = set(package.members)
    except Unreadable:
        return _kind_of_wreck(payload)
    if "mimetype" in names and (odf := _odf_kind(_first_octets(package, "mimetype"))) is not None:
        return odf
    if "[Content_Types].xml" in package:
        types = _first_octets(package, "[Content_Types].xml")
        for pattern, found in _MAIN_PARTS:
            if pattern.search(types):
                return found
        if any(name.startswith("word/document") for name in names):
            return "docx"
        if any(name.startswith("xl/workbook") for name in names):
            return "xlsx"
    if "OFD.xml" in package:
        return "ofd"
    return "odt" if {"content.xml", "META-INF/manifest.xml"} <= names else "zip"


def _kind_of_wreck(payload: bytes) -> str:
    if payload[30:38] == b"mimetype":
        return _odf_kind(payload[38:130]) or "zip"
    for mark, found in ((b"word/document", "docx"), (b"xl/workbook", "xlsx"), (b"OFD.xml", "ofd")):
        if mark in payload:
            return found
    return "zip"


def _odf_kind(mimetype: bytes) -> str | None:
    for name, found in ((b"text", "odt"), (b"spreadsheet", "ods")):
        if mimetype.startswith(_ODF + name):
            return found
    return None


def _first_octets(package: Package, name: str) -> bytes:
    try:
        return package.read(name, _LONGEST_TYPES)
    except Unreadable:
        return b""


class Package:
    """The members of a ZIP by name. Raises `Unreadable` for what is damaged, encrypted or too large."""

    def __init__(self, payload: bytes) -> None:
        if payload.count(b"PK\x01\x02") > MOST_MEMBERS:
            raise Unreadable(State.TOO_LARGE, f"The package has more than {MOST_MEMBERS} members.")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(payload))
        except _BROKEN as error:
            raise Unreadable(State.DAMAGED, f"The ZIP package cannot be opened: {error}.") from error
        self._left = MOST_OCTETS

    @cached_property
    def members(self) -> dict[str, zipfile.ZipInfo]:
        """Members by their path without a leading slash, its steps parted by slashes, which some programs of
        Windows forget; of two with one name the last counts, as in ZIP."""
        return {info.filename.replace("\\", "/").lstrip("/"): info for info in self._archive.infolist()}

    @cached_property
    def _any_case(self) -> dict[str, zipfile.ZipInfo]:
        """Members by their path in small letters: a package names its parts in either case."""
        return {name.lower(): info for name, info in reversed(self.members.items())}

    def _member(self, name: str) -> zipfile.ZipInfo | None:
        return self.members.get(name) or self._any_case.get(name.lower())

    def entries(self) -> list[zipfile.ZipInfo]:
        """All members in the order of the directory, those of one name too."""
        return self._archive.infolist()

    def __contains__(self, name: str) -> bool:
        return self._member(name) is not None

    def read(self, name: str, most: int = MOST_OCTETS) -> bytes:
        """The octets of a member, at most `most` of them."""
        info = self._member(name)
        if info is None:
            raise Unreadable(State.DAMAGED, f"The package has no part “{name}”.")
        return self.unpack(info, name, most)

    def unpack(self, info: zipfile.ZipInfo, name: str, most: int = MOST_OCTETS) -> bytes:
        """The octets of one of the `entries`, at most `most` of them; `name` is what an error calls it."""
        if info.flag_bits & _ENCRYPTED:
            raise Unreadable(State.ENCRYPTED, "The package is protected with a password.")
        most = min(most, self._left)
        try:
            with self._archive.open(info) as member:
                octets = member.read(most + 1)
        except _BROKEN as error:
            raise Unreadable(State.DAMAGED, f"The part “{name}” is damaged: {error}.") from error
        except RuntimeError as error:
            raise Unreadable(State.ENCRYPTED, "The package is protected with a password.") from error
        if len(octets) > most:
            raise Unreadable(State.TOO_LARGE, f"The part “{name}” unpacks to more than {most} octets.")
        self._left -= len(octets)
        return octets

    def xml(self, name: str) -> Element:
        """The root of an XML part."""
        return parse_xml(self.read(name, MOST_XML), name)


def parse_xml(octets: bytes, name: str) -> Element:
    """The root of an XML document, without entities of its own making. Raises `Unreadable`."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(octets, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Unreadable(State.DAMAGED, f"The part “{name}” is not well-formed XML: {error}.") from error
    if root.getroottree().docinfo.doctype:
        raise Unreadable(State.DAMAGED, f"The part “{name}” declares entities, which no office program does.")
    return root
