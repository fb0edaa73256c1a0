"""The binary workbook: XLS and ET files, as a stream of records (BIFF8, Excel 97 and later)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from parser.document import State, Unreadable
from parser.folding import RAISED
from parser.readers.biff_boxes import Boxes
from parser.readers.cell_numbers import BUILT_IN, GENERAL
from parser.readers.sheet_content import SheetContent

MOST_RECORDS = 2_000_000
"""Records of one workbook; a report has some thousands."""

_BOF, _EOF, _CONTINUE, _FILEPASS = 0x0809, 0x000A, 0x003C, 0x002F
_BOUNDSHEET, _SST, _FORMAT, _XF, _FONT = 0x0085, 0x00FC, 0x041E, 0x00E0, 0x0031
_ROW, _COLINFO, _MERGED = 0x0208, 0x007D, 0x00E5
_NUMBER, _RK, _MULRK, _LABELSST, _LABEL = 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204
_RSTRING, _BOOLERR, _FORMULA, _STRING = 0x00D6, 0x0205, 0x0006, 0x0207
_BIFF8 = 0x0600
_TO_BE_COUNTED = 0x02
"""The flag of a formula whose result the next program has to work out, as those leave it that cannot."""
_STRUCK, _RAISED = "struck", "raised"
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


@dataclass(slots=True)
class _Book:
    """What stands before the sheets: where each sheet begins, shared strings, formats of the cell styles."""

    places: list[tuple[int, SheetContent]] = field(default_factory=list)
    strings: list[tuple[str, bytes]] = field(default_factory=list)
    """Texts, each with the fonts of its pieces."""
    codes: dict[int, str] = field(default_factory=lambda: dict(BUILT_IN))
    styles: list[tuple[int, int]] = field(default_factory=list)
    """Font and number format of each cell style."""
    looks: list[str] = field(default_factory=list)
    """What each font does to its text."""

    def code(self, style: int) -> str:
        number = self.styles[style][1] if style < len(self.styles) else 0
        return self.codes.get(number, GENERAL)

    def look(self, font: int) -> str:
        # There is no font 4.
        place = font - (font > 4)
        return self.looks[place] if place < len(self.looks) else ""

    def is_struck(self, style: int) -> bool:
        return style < len(self.styles) and self.look(self.styles[style][0]) == _STRUCK


def sheets(stream: bytes) -> Iterator[SheetContent]:
    """The sheets of a `Workbook` stream in order. Raises `Unreadable`."""
    try:
        book = _globals(stream)
        for place, content in book.places:
            _fill(content, stream, place, book)
            yield content
    except (struct.error, IndexError) as error:
        raise Unreadable(State.DAMAGED, f"A record of the workbook is cut short: {error}.") from error


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Records of one substream up to its end; parts of a record that was cut are given as they stand."""
    depth = 0
    for _ in range(MOST_RECORDS):
        if start + 4 > len(stream):
            raise Unreadable(State.DAMAGED, "The workbook ends in the middle of a sheet.")
        kind, length = struct.unpack_from("<HH", stream, start)
        yield kind, stream[start + 4 : start + 4 + length]
        start += 4 + length
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
    raise Unreadable(State.TOO_LARGE, f"The workbook has more than {MOST_RECORDS} records.")


def _globals(stream: bytes) -> _Book:
    book = _Book()
    shared: list[bytes] = []
    last = 0
    for kind, data in _records(stream, 0):
        if kind == _BOF and not last and struct.unpack_from("<H", data)[0] != _BIFF8:
            raise Unreadable(State.UNSUPPORTED, "The workbook is older than Excel 97.")
        if kind == _FILEPASS:
            raise Unreadable(State.ENCRYPTED, "The workbook is protected with a password.")
        if kind == _BOUNDSHEET:
            place, visibility, sort, length = struct.unpack_from("<IBBB", data)
            if sort == 0:
                content = SheetContent(_text(data[7:], length), hidden=visibility & 3 != 0)
                book.places.append((place, content))
        elif kind == _FORMAT:
            number, length = struct.unpack_from("<HH", data)
            book.codes[number] = _text(data[4:], length)
        elif kind == _XF:
            font, number = struct.unpack_from("<HH", data)
            book.styles.append((font, number))
        elif kind == _FONT:
            flags, height = struct.unpack_from("<2xH4xH", data)
            book.looks.append(_STRUCK if flags & 8 else _RAISED if height == 1 else "")
        elif kind == _SST or (kind == _CONTINUE and last == _SST):
            shared.append(data)
        last = _SST if kind == _CONTINUE and last == _SST else kind
    if shared:
        book.strings = list(_shared_strings(shared))
    return book


def _fill(content: SheetContent, stream: bytes, place: int, book: _Book) -> None:
    waiting: tuple[int, int] | None = None
    boxes = Boxes()
    depth = 0
    for kind, data in _records(stream, place):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth > 1:
            continue  # a chart inside the sheet
        boxes.meet(kind, data)
        if kind == _STRING and waiting is not None:
            content.put(*waiting, _text(data[2:], struct.unpack_from("<H", data)[0]))
        elif kind == _FORMULA:
            waiting = _formula(content, data, book)
            row, column, style = struct.unpack_from("<3H", data)
            _leave_out_struck(content, row, column, style, book)
        elif kind in _CELLS:
            _CELLS[kind](content, data, book)
            if kind not in (_MULRK, _LABELSST):
                row, column, style = struct.unpack_from("<3H", data)
                _leave_out_struck(content, row, column, style, book)
        elif kind == _ROW and data[12] & 0x20:
            content.hidden_rows.add(struct.unpack_from("<H", data)[0])
        elif kind == _COLINFO and (data[8] & 0x01 or not any(data[4:6])):
            first, last = struct.unpack_from("<HH", data)
            content.hidden_columns.update(range(first, min(last, 255) + 1))
        elif kind == _MERGED:
            for number in range(struct.unpack_from("<H", data)[0]):
                top, bottom, left, right = struct.unpack_from("<4H", data, 2 + 8 * number)
                content.merged.append((top, left, bottom, right))
    content.boxes = sorted(boxes.found, key=lambda box: box[:2])


def _leave_out_struck(content: SheetContent, row: int, column: int, style: int, book: _Book) -> None:
    """Take a cell back whose style strikes it out, and say so."""
    if book.is_struck(style) and content.texts.pop((row, column), ""):
        content.note_struck(row, column)


def _formula(content: SheetContent, data: bytes, book: _Book) -> tuple[int, int] | None:
    """Take the stored result; where it is a text, give the place for which the next record holds it."""
    row, column, style = struct.unpack_from("<3H", data)
    if data[14] & _TO_BE_COUNTED and not any(data[6:14]):
        content.note_lost_result(row, column)
    elif data[12:14] != b"\xff\xff":
        content.put(row, column, struct.unpack_from("<d", data, 6)[0], book.code(style))
    elif data[6] == 0:
        return row, column
    elif data[6] == 1:
        content.put(row, column, "TRUE" if data[8] else "FALSE")
    elif data[6] == 2:
        content.put(row, column, _ERRORS.get(data[8], "#?"))
    return None


def _number(content: SheetContent, data: bytes, book: _Book) -> None:
    row, column, style, value = struct.unpack_from("<3Hd", data)
    content.put(row, column, value, book.code(style))


def _rk(content: SheetContent, data: bytes, book: _Book) -> None:
    row, column, style, packed = struct.unpack_from("<3HI", data)
    content.put(row, column, _unpacked(packed), book.code(style))


def _many_rk(content: SheetContent, data: bytes, book: _Book) -> None:
    row, first = struct.unpack_from("<HH", data)
    for number in range((len(data) - 6) // 6):
        style, packed = struct.unpack_from("<HI", data, 4 + 6 * number)
        content.put(row, first + number, _unpacked(packed), book.code(style))
        _leave_out_struck(content, row, first + number, style, book)


def _shared(content: SheetContent, data: bytes, book: _Book) -> None:
    row, column, style, number = struct.unpack_from("<3HI", data)
    text, runs = book.strings[number] if number < len(book.strings) else ("", b"")
    content.put(row, column, _seen(text, runs, style, book))
    if not runs:
        _leave_out_struck(content, row, column, style, book)


def _label(content: SheetContent, data: bytes, book: _Book) -> None:
    row, column, _, length = struct.unpack_from("<4H", data)
    content.put(row, column, _text(data[8:], length))


def _truth(content: SheetContent, data: bytes, book: _Book) -> None:
    row, column, _, value, is_error = struct.unpack_from("<3HBB", data)
    text = _ERRORS.get(value, "#?") if is_error else ("TRUE" if value else "FALSE")
    content.put(row, column, text)


_CELLS = {
    _NUMBER: _number,
    _RK: _rk,
    _MULRK: _many_rk,
    _LABELSST: _shared,
    _LABEL: _label,
    _RSTRING: _label,
    _BOOLERR: _truth,
}


def _unpacked(packed: int) -> float:
    """A number packed into 30 bits: an integer or the upper half of a float, perhaps in hundredths."""
    if packed & 2:
        value = float(packed >> 2 if packed < 1 << 31 else (packed >> 2) - (1 << 30))
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value


def _text(data: bytes, length: int) -> str:
    """A string that begins with its flags: one octet a character, or two."""
    if not data:
        return ""
    if data[0] & 1:
        return data[1 : 1 + 2 * length].decode("utf-16-le", "replace")
    return data[1 : 1 + length].decode("latin-1")


@dataclass(slots=True)
class _Cursor:
    """A place in the table of shared strings, which is cut into records."""

    parts: list[bytes]
    part: int = 0
    place: int = 0

    def take(self, length: int) -> bytes:
        """Octets that are no characters; the cut does not show in them."""
        pieces = []
        while length > 0:
            piece = self.parts[self.part][self.place : self.place + length]
            if not piece:
                self._turn()
                continue
            pieces.append(piece)
            self.place += len(piece)
            length -= len(piece)
        return b"".join(pieces)

    def characters(self, length: int, wide: bool) -> str:
        """Characters; behind a cut a new octet says whether the rest has one octet a character or two."""
        pieces = []
        while length > 0:
            data = self.parts[self.part]
            size = 2 if wide else 1
            count = min(length, (len(data) - self.place) // size)
            if count <= 0:
                self._turn()
                wide = bool(self.take(1)[0] & 1)
                continue
            octets = data[self.place : self.place + count * size]
            pieces.append(octets.decode("utf-16-le" if wide else "latin-1", "replace"))
            self.place += count * size
            length -= count
        return "".join(pieces)

    def _turn(self) -> None:
        self.part += 1
        self.place = 0
        if self.part >= len(self.parts):
            raise Unreadable(State.DAMAGED, "The shared strings of the workbook are cut short.")


def _shared_strings(parts: list[bytes]) -> Iterator[tuple[str, bytes]]:
    cursor = _Cursor(parts)
    count = struct.unpack("<4xI", cursor.take(8))[0]
    for _ in range(count):
        length, flags = struct.unpack("<HB", cursor.take(3))
        runs = struct.unpack("<H", cursor.take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", cursor.take(4))[0] if flags & 4 else 0
        text = cursor.characters(length, bool(flags & 1))
        yield text, cursor.take(4 * runs)
        # The reading aid of Japanese.
        cursor.take(extra)


def _seen(text: str, runs: bytes, style: int, book: _Book) -> str:
    """A text without what the fonts of its pieces strike out; raised digits are the mark of a note. What
    stands before the first piece has the font of the cell."""
    starts = [(start, book.look(font)) for start, font in struct.iter_unpack("<HH", runs)]
    if starts:
        starts.insert(0, (0, _STRUCK if book.is_struck(style) else ""))
    if not any(look for _, look in starts):
        return text
    # Places count in units of UTF-16.
    octets = text.encode("utf-16-le", "surrogatepass")
    pieces: list[str] = []
    for (start, look), (end, _) in pairwise([*starts, (len(octets) // 2, "")]):
        piece = octets[2 * start : 2 * end].decode("utf-16-le", "replace")
        if look != _STRUCK:
            noted = look == _RAISED and piece.isdigit() and "".join(pieces).strip()
            pieces.append(piece.translate(RAISED) if noted else piece)
    return "".join(pieces)
