"""The XML workbook: XLSX, and ET files that WPS writes as XLSX."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import State, Unreadable
from parser.folding import RAISED
from parser.readers.cell_numbers import BUILT_IN, GENERAL
from parser.readers.package import MOST_XML, Package, parse_xml
from parser.readers.sheet_boxes import boxes
from parser.readers.sheet_content import MOST_CELLS, Area, SheetContent
from parser.readers.sheet_formulas import results

MOST_SHEETS = 100

_ADDRESS = re.compile(r"^\$?([A-Z]{1,3})\$?([1-9]\d{0,6})$")
_CELL = re.compile(rb"<(?:\w+:)?c[ >/]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MAIN = "/officeDocument"


def sheets(package: Package) -> Iterator[SheetContent]:
    """The sheets of a workbook in order. Raises `Unreadable`."""
    main = _main_part(package)
    if main.endswith(".bin"):
        raise Unreadable(State.UNSUPPORTED, "Binary workbooks (XLSB) are not read.")
    book = package.xml(main)
    targets = _targets(package, main)
    shared = _Shared(_strings(package, targets), _styles(package, targets), _is_unreckoned(book))
    found = [element for element in book.iter() if _name(element) == "sheet"]
    if len(found) > MOST_SHEETS:
        raise Unreadable(State.TOO_LARGE, f"The workbook has more than {MOST_SHEETS} sheets.")
    for element in found:
        # The relation's namespace differs between the two dialects of the format.
        number = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        kind, path = targets.get(number, ("", ""))
        if not kind.endswith("/worksheet"):
            continue
        content = SheetContent(element.get("name", ""), element.get("state", "visible") != "visible")
        octets = package.read(path, MOST_XML)
        if len(_CELL.findall(octets)) > 2 * MOST_CELLS:
            raise Unreadable(State.TOO_LARGE, f"The sheet “{content.name}” has more than {MOST_CELLS} cells.")
        _fill(content, parse_xml(octets, path), shared)
        for relation, drawing in _targets(package, path).values():
            if relation.endswith("/drawing") and drawing in package:
                content.boxes += boxes(package.xml(drawing))
        yield content


def _main_part(package: Package) -> str:
    if "_rels/.rels" in package:
        for kind, target in _targets(package, "").values():
            if kind.endswith(_MAIN) and target in package:
                return target
    return "xl/workbook.xml"


def _targets(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Kind and path of the parts that a part refers to, by relation number; none outside the package."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in package:
        return {}
    found = {}
    for relation in package.xml(path):
        if _name(relation) != "Relationship" or relation.get("TargetMode") == "External":
            continue
        target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
        found[relation.get("Id", "")] = (relation.get("Type", ""), target.lstrip("/"))
    return found


def _strings(package: Package, targets: dict[str, tuple[str, str]]) -> list[_Spoken]:
    """The shared strings."""
    path = next((target for kind, target in targets.values() if kind.endswith("/sharedStrings")), None)
    if path is None or path not in package:
        return []
    return [_spoken(item) for item in package.xml(path) if _name(item) == "si"]


@dataclass(frozen=True, slots=True)
class _Style:
    """What a cell's style says: the format of its number, and whether the cell is struck out."""

    code: str = GENERAL
    struck: bool = False


def _styles(package: Package, targets: dict[str, tuple[str, str]]) -> list[_Style]:
    path = next((target for kind, target in targets.values() if kind.endswith("/styles")), None)
    if path is None or path not in package:
        return []
    codes = dict(BUILT_IN)
    struck: set[int] = set()
    styles: list[_Style] = []
    for part in package.xml(path):
        if _name(part) == "numFmts":
            codes |= {_number(one.get("numFmtId")): one.get("formatCode", "") for one in part}
        elif _name(part) == "fonts":
            struck = {place for place, font in enumerate(part) if any(map(_strikes, font))}
        elif _name(part) == "cellXfs":
            styles = [
                _Style(codes.get(_number(one.get("numFmtId")), GENERAL), _number(one.get("fontId")) in struck)
                for one in part
            ]
    return styles


def _strikes(look: Element) -> bool:
    return _name(look) == "strike" and look.get("val", "1") not in ("0", "false")


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the sheets of a workbook share; `unreckoned` is true where the program that wrote it worked no
    formula out."""

    strings: list[_Spoken]
    styles: list[_Style]
    unreckoned: bool


def _is_unreckoned(book: Element) -> bool:
    return any(_name(part) == "calcPr" and part.get("fullCalcOnLoad") in ("1", "true") for part in book)


def _fill(content: SheetContent, sheet: Element, shared: _Shared) -> None:
    for part in sheet:
        match _name(part):
            case "cols":
                for one in part:
                    if one.get("hidden") in ("1", "true") or _is_zero(one.get("width")):
                        first, last = _number(one.get("min")), _number(one.get("max"))
                        content.hidden_columns.update(range(max(first - 1, 0), min(last, 16_384)))
            case "sheetData":
                _fill_rows(content, part, shared)
            case "mergeCells":
                content.merged = [area for one in part if (area := _area(one.get("ref", ""))) is not None]


def _fill_rows(content: SheetContent, data: Element, shared: _Shared) -> None:
    row = -1
    formulas: dict[tuple[int, int], tuple[str, str]] = {}
    for line in data:
        if _name(line) != "row":
            continue
        row = _number(line.get("r")) - 1 if line.get("r") else row + 1
        if not 0 <= row < 1_048_576:
            raise Unreadable(State.DAMAGED, f"The sheet “{content.name}” has a row {row + 1}.")
        if line.get("hidden") in ("1", "true") or _is_zero(line.get("ht")):
            content.hidden_rows.add(row)
        column = -1
        for cell in line:
            place = _place(cell.get("r", ""))
            column = place[1] if place is not None else column + 1
            style = _number(cell.get("s"))
            look = shared.styles[style] if style < len(shared.styles) else _Style()
            value = _value(cell, shared.strings)
            if isinstance(value, _Spoken):
                value = value.struck if look.struck else value.plain
            elif look.struck:
                value = "" if value is not None else None
            if look.struck and value == "":
                content.note_struck(row, column)
            if value is not None:
                content.put(row, column, value, look.code)
            formula = next((part for part in cell if _name(part) == "f"), None)
            if formula is not None and (value is None or (shared.unreckoned and value == 0)):
                formulas[row, column] = (formula.text or "", look.code)
    _work_out(content, formulas)


def _work_out(content: SheetContent, formulas: dict[tuple[int, int], tuple[str, str]]) -> None:
    """Put the results of formulas that have none, each with the format of its cell."""
    found = results(
        {place: text for place, (text, _) in formulas.items()}, content.numbers, content.texts.keys()
    )
    for place, (_, code) in formulas.items():
        if place in found:
            content.put(*place, found[place], code)
        else:
            content.note_lost_result(*place)


def _value(cell: Element, strings: list[_Spoken]) -> _Spoken | str | float | None:
    """What a cell holds; `None` where nothing is stored."""
    kind = cell.get("t", "n")
    stored = next((part for part in cell if _name(part) == ("is" if kind == "inlineStr" else "v")), None)
    if stored is None:
        return None
    if kind == "inlineStr":
        return _spoken(stored)
    text = stored.text or ""
    if kind == "n" and not text.strip():
        return None
    if kind == "s":
        number = _number(text)
        return strings[number] if number < len(strings) else _Spoken("", "")
    if kind == "b":
        return "TRUE" if text.strip() in ("1", "true") else "FALSE"
    if kind == "n":
        with suppress(ValueError):
            return float(text)
    return _unescaped(text)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A string as a cell shows it, and as one does whose own font strikes out."""

    plain: str
    struck: str


def _spoken(item: Element) -> _Spoken:
    """The text of a string with its runs, without what is struck out and the reading aid that stands above
    characters; raised digits behind a text are the mark of a note. Runs without properties are as the cell
    is."""
    plain: list[str] = []
    struck: list[str] = []
    for part in item:
        if _name(part) == "t":
            plain.append(part.text or "")
        elif _name(part) == "r":
            text = "".join(one.text or "" for one in part if _name(one) == "t")
            own = next((one for one in part if _name(one) == "rPr"), None)
            look = {_name(one): one.get("val", "1") for one in own} if own is not None else {}
            if look.get("strike", "0") not in ("0", "false"):
                continue
            if look.get("vertAlign") == "superscript" and text.isdigit() and "".join(plain).strip():
                text = text.translate(RAISED)
            plain.append(text)
            if own is not None:
                struck.append(text)
    return _Spoken(_unescaped("".join(plain)), _unescaped("".join(struck)))


def _unescaped(text: str) -> str:
    """`_x000D_` stands for a character that XML cannot hold."""
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


def _is_zero(size: str | None) -> bool:
    """Whether a width or height is nothing, which hides as well as the word does."""
    return size is not None and size.strip("0.") == ""


def _place(reference: str) -> tuple[int, int] | None:
    """Row and column from 0 of `B7`."""
    found = _ADDRESS.match(reference)
    if found is None:
        return None
    column = 0
    for letter in found.group(1):
        column = 26 * column + ord(letter) - 64
    return int(found.group(2)) - 1, column - 1


def _area(reference: str) -> Area | None:
    first, _, last = reference.partition(":")
    start, end = _place(first), _place(last or first)
    if start is None or end is None:
        return None
    return min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1])


def _number(text: str | None) -> int:
    """A counting number; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _name(element: Element) -> str:
    """A tag without its namespace."""
    return str(element.tag).rpartition("}")[2]
