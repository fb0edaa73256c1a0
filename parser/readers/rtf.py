"""Rich Text Format, as Word, WPS and LibreOffice write it.

The file is a run of groups, control words and characters; what a table is follows from the words that end its
cells and rows. Nothing is converted by another program, so that the same octets give the same document on
every machine. Locators count what is met: `/table[2]/row[3]/cell[1]`, `/paragraph[7]`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from parser.document import Block, Document, Heading, Locator, Paragraph, State, Unreadable
from parser.folding import RAISED
from parser.readers.rtf_characters import CodePages
from parser.readers.rtf_tables import MOST_CELLS, Table
from parser.readers.rtf_words import KEPT, LETTERS, OPENED_AGAIN, SKIPPED, SYMBOLS, TOKEN, WRITTEN

MOSTTOKENS = 2_000_000
MOST_BLOCKS = 50_000
DEEPEST = 500
"""Groups inside one another."""

DEEPEST_TABLE = 8

_LINE_ENDS = b"\r\n\x00"
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANKS = re.compile(r"[ \xa0]+")
_IN_FONT_TABLE, _IN_NESTED_ROW, _IN_INFO, _IN_TITLE = b"fonttbl", b"nesttableprops", b"info", b"title"


@dataclass(slots=True)
class _Group:
    """What a closing brace restores: whether text is printed, how its octets are read, where it stands."""

    destination: bytes = b""
    skipped: bool = False
    unseen: bool = False
    struck: bool = False
    raised: bool = False
    fallback: int = 1
    font: int = 0
    far_font: int = 0
    in_table: bool = False
    level: int = 1
    outline: int | None = None


def read(payload: bytes) -> Document:
    """Turn an RTF file into a document. Raises `Unreadable`."""
    reader = _Reader(payload)
    whole = reader.run()
    blocks = tuple(reader.content[0])
    if not whole and not blocks:
        raise Unreadable(State.DAMAGED, "The file ends in the middle of a group, before any text.")
    if not blocks:
        # A scan pasted into a text is a document of pictures.
        state = State.IMAGE_ONLY if b"\\pict" in payload else State.EMPTY
        raise Unreadable(state, "The file has no text.")
    notes = () if whole else ("The file ends in the middle of a group; its end may be lost.",)
    return Document("rtf", blocks, meta=reader.meta, notes=notes)


@dataclass(slots=True)
class _Reader:
    """Walks over the words once.

    `content[0]` holds the document's blocks, `content[n]` those of the open cell of `tables[n - 1]`, which is
    a table inside the one before it. `pieces` and `octets` are the paragraph that is being read.
    """

    payload: bytes
    pages: CodePages = field(default_factory=CodePages)
    group: _Group = field(default_factory=_Group)
    stack: list[_Group] = field(default_factory=list)
    content: list[list[Block]] = field(default_factory=lambda: [[]])
    tables: list[Table] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    octets: bytearray = field(default_factory=bytearray)
    drop: int = 0
    """Characters to come that only repeat a `\\u` for old readers."""
    opened: bool = False
    starred: bool = False
    row_open: bool = False
    font_entry: int = 0
    far: bool = False
    cells: int = 0
    paragraphs: int = 0
    drawn: int = 0

    def run(self) -> bool:
        """Read to the end; `False` where the file ends before its last brace."""
        place = words = 0
        whole = False
        while not whole and (found := TOKEN.match(self.payload, place)) is not None:
            place = found.end()
            words += 1
            if words > MOSTTOKENS:
                raise Unreadable(State.TOO_LARGE, f"The file has more than {MOSTTOKENS} words.")
            match found.lastgroup:
                case "text":
                    self._take(found["text"].translate(None, _LINE_ENDS))
                case "word" | "number":
                    place += self._word(found["word"], found["number"])
                case "hex":
                    self._take(bytes.fromhex(found["hex"].decode("ascii")))
                case "symbol":
                    self._symbol(found["symbol"])
                case "open":
                    self._open()
                case "close":
                    whole = self._close()
        self._paragraph()
        self._leave_tables(0)
        return whole

    def _open(self) -> None:
        self._flush()
        if len(self.stack) >= DEEPEST:
            raise Unreadable(State.DAMAGED, "The file is nested too deeply.")
        self.stack.append(self.group)
        self.group = replace(self.group)
        self.drop = 0
        self.opened, self.starred = True, False

    def _close(self) -> bool:
        """End a group; `True` at the end of the document."""
        self._flush()
        self.drop = 0
        self.opened = False
        if not self.stack:
            return True
        ended, self.group = self.group, self.stack.pop()
        if ended.destination == _IN_TITLE and self.group.destination == _IN_INFO:
            title = _tidy("".join(self.pieces))
            self.pieces = []
            if title:
                self.meta["title"] = title
        return not self.stack

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self.starred = True
        elif self.drop:
            self.drop -= 1
        elif symbol in b"\r\n":
            self._paragraph()
        else:
            self._say(SYMBOLS.get(symbol, ""))

    def _take(self, octets: bytes) -> None:
        self.opened = False
        if self.drop:
            dropped = min(self.drop, len(octets))
            self.drop -= dropped
            octets = octets[dropped:]
        if self._printed():
            self.octets += octets

    def _say(self, text: str) -> None:
        self._flush()
        if self._printed():
            self.pieces.append(text)

    def _printed(self) -> bool:
        """Whether what comes next is seen, and not struck out."""
        return not (self.group.skipped or self.group.unseen or self.group.struck)

    def _flush(self) -> None:
        if self.octets:
            fonts = (self.group.font, self.group.far_font)
            text = self.pages.text(bytes(self.octets), fonts)
            self.octets.clear()
            noted = self.group.raised and text.isdigit() and "".join(self.pieces).strip()
            self.pieces.append(text.translate(RAISED) if noted else text)

    def _word(self, word: bytes, digits: bytes | None) -> int:
        """Obey a control word; gives the number of raw octets behind it that are no text."""
        number = int(digits) if digits is not None else None
        if self.opened or self.starred:
            self._enter(word)
        self.opened = self.starred = False
        if word == b"bin":
            return max(number or 0, 0)
        if self.drop and word not in (b"u", b"uc"):
            self.drop -= 1
            return 0
        self._flush()
        if self.group.destination == _IN_FONT_TABLE:
            if word == b"f":
                self.font_entry = number or 0
            elif word == b"fcharset":
                self.pages.set_font(self.font_entry, number or 0)
        elif not self.group.skipped:
            self._obey(word, number)
        return 0

    def _enter(self, word: bytes) -> None:
        """The first word of a group says what the group is."""
        if word in OPENED_AGAIN:
            self.group.skipped = False
        elif word == _IN_TITLE and self.group.destination == _IN_INFO:
            self._paragraph()
            self.group.skipped = False
        elif word in SKIPPED or (self.starred and word not in KEPT):
            self.group.skipped = True
        elif word != _IN_NESTED_ROW:
            return
        self.group.destination = word

    def _obey(self, word: bytes, number: int | None) -> None:
        group = self.group
        if word in WRITTEN:
            self._say(WRITTEN[word])
            return
        match word:
            case b"par" | b"sect" | b"page":
                self._paragraph()
            case b"pard":
                group.in_table, group.level, group.outline = False, 1, None
            case b"outlinelevel":
                group.outline = number
            case b"intbl":
                group.in_table = True
            case b"itap":
                group.level = min(max(number or 0, 0), DEEPEST_TABLE)
                group.in_table = group.level > 0
            case b"cell" | b"nestcell":
                self._end_cell(1 if word == b"cell" else max(group.level, 2))
            case _ if word in LETTERS:
                self._letters(word, number)
            case _:
                self._row_word(word, number)

    def _letters(self, word: bytes, number: int | None) -> None:
        """What octets mean from here on, and whether they are printed."""
        group = self.group
        match word:
            case b"u":
                self._say(chr((number or 0) & 0xFFFF))
                self.drop = group.fallback
            case b"uc":
                group.fallback = min(max(number or 0, 0), 8)
            case b"f":
                group.font = number or 0
            case b"dbch" | b"loch" | b"hich":
                self.far = word == b"dbch"
            case b"af" if self.far:
                group.far_font = number or 0
            case b"v" | b"deleted":
                group.unseen = number != 0
            case b"strike" | b"striked":
                group.struck = number != 0
            case b"super" | b"sub" | b"nosupersub":
                group.raised = word == b"super" and number != 0
            case b"plain":
                group.unseen = group.struck = group.raised = False
            case b"ansicpg":
                self.pages.set_document(number or 0)

    def _row_word(self, word: bytes, number: int | None) -> None:
        nested = word == b"nestrow" or self.group.destination == _IN_NESTED_ROW
        level = max(self.group.level, 2) if nested else 1
        match word:
            case b"trowd":
                self._reach(level)
                self.row_open = True
                self.tables[level - 1].begin_row()
            case b"row" | b"nestrow":
                self._reach(level)
                self.tables[level - 1].end_row()
                self.row_open = False
            case _ if level <= len(self.tables):
                self.tables[level - 1].define(word, number or 0)

    def _paragraph(self) -> None:
        """The paragraph that was being read ends: outside of tables, or in the open cell."""
        level = max(self.group.level, 1) if self.group.in_table or self.row_open else 0
        self._end_paragraph(level)

    def _end_paragraph(self, level: int) -> None:
        self._flush()
        if level:
            self._reach(level)
        else:
            self._leave_tables(0)
        text = _tidy("".join(self.pieces))
        self.pieces = []
        if not text:
            return
        self.paragraphs += 1
        if self.paragraphs > MOST_BLOCKS:
            raise Unreadable(State.TOO_LARGE, f"The text has more than {MOST_BLOCKS} paragraphs.")
        locator = Locator(xpath=f"/paragraph[{self.paragraphs}]")
        outline = self.group.outline
        if level == 0 and outline is not None and 0 <= outline < 9:
            self.content[0].append(Heading(text, outline + 1, locator))
        else:
            self.content[level].append(Paragraph(text, locator))

    def _end_cell(self, level: int) -> None:
        self._end_paragraph(level)
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise Unreadable(State.TOO_LARGE, f"The tables have more than {MOST_CELLS} cells.")
        self.tables[level - 1].open_cells.append(self.content[level])
        self.content[level] = []

    def _reach(self, level: int) -> None:
        """Be inside this many tables: begin those that are missing, end those inside them."""
        self._leave_tables(level)
        while len(self.tables) < level:
            self.tables.append(Table())
            self.content.append([])

    def _leave_tables(self, level: int) -> None:
        while len(self.tables) > level:
            self.drawn += 1
            blocks = self.tables.pop().blocks(f"/table[{self.drawn}]")
            # Text behind the last cell of a row belongs to no cell.
            stray = self.content.pop()
            self.content[-1].extend((*blocks, *stray))


def _tidy(text: str) -> str:
    """A paragraph without blanks at its ends; characters outside of the basic plane put together."""
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    lines = (_BLANKS.sub(" ", line).strip(" \u3000\t") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
