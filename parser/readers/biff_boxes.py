"""Text boxes on the sheets of a binary workbook.

Source: [MS-XLS], the records Obj, TxO and MsoDrawing with its OfficeArtClientAnchorSheet.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

_OBJ, _TXO, _DRAWING, _CONTINUE = 0x005D, 0x01B6, 0x00EC, 0x003C
_NOTE = 0x19
"""The kind of object that is somebody's comment on a cell."""
_ANCHOR = bytes.fromhex("000010f012000000")
"""The head of an anchor: flags, then the column and the row where the object begins, each with its offset."""
_MOST_LINES = 2_000


@dataclass(slots=True)
class Boxes:
    """Takes the records of a sheet one after the other. `found` are the paragraphs of text boxes, each with
    the row and column, from 0, where its box begins."""

    found: list[tuple[int, int, str]] = field(default_factory=list)
    place: tuple[int, int] = (0, 0)
    kind: int = 0
    length: int = 0

    def meet(self, record: int, data: bytes) -> None:
        """Take one record."""
        if record == _DRAWING and (at := data.rfind(_ANCHOR)) >= 0 and len(data) >= at + 16:
            column, row = struct.unpack_from("<2xH2xH", data, at + 8)
            self.place = row, column
        elif record == _OBJ and len(data) >= 6:
            self.kind = struct.unpack_from("<H", data, 4)[0]
        elif record == _TXO and len(data) >= 12:
            self.length = struct.unpack_from("<H", data, 10)[0]
        elif record == _CONTINUE and self.length and self.kind != _NOTE and len(self.found) < _MOST_LINES:
            self._say(data)
        elif record != _CONTINUE:
            self.length = 0

    def _say(self, data: bytes) -> None:
        wide = bool(data[:1] and data[0] & 1)
        octets = data[1 : 1 + self.length * (2 if wide else 1)]
        text = octets.decode("utf-16-le" if wide else "latin-1", "replace")
        self.found += [(*self.place, line.strip()) for line in text.split("\n") if line.strip()]
        self.length -= len(octets) // (2 if wide else 1)
