"""How one document writes: its zeros, digits, minus signs, remarks, and the punctuation of its labels.

Each document has one `Ink`, as one clerk typed it; single cells differ where a clerk's hand would slip. What
is printed decides the truth: a blank, a stroke or 无 is no number, whatever was meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

Value = Decimal | int | None

ZEROS = {
    "digit": ("0",),
    "nbsp_digit": ("\u00a00",),
    "blank": ("",),
    "nbsp": ("\u00a0",),
    "ideographic": ("\u3000",),
    "slash": ("/",),
    "hyphen": ("-",),
    "dash": ("—",),
    "none": ("无",),
    "mixed": ("0", "0", "", "\u00a0", "/"),
}
FULL_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
CIRCLED = "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩"
NUMERALS = "一二三四五六七八九十"
KNOWN_TYPOS = {
    "2.其他法律行政法规禁止公开": "2.其他法律行政止公开",
    "行政规范性文件": "规范性文件",
    "（四）无法提供": "（四） 无法提供",
    "总计": "总  计",
    "商业企业": "商业 企业",
    "本年处理决定数量": "本年 处理决定数量",
    "社会公益组织": "社会公益 组织",
}


@dataclass(frozen=True)
class Ink:
    """The hand of one document. `item` is the mark after an arabic number in a label (`1.`), `brackets` the
    shape of （一）, `quotes` those round 三安全一稳定."""

    zero: str = "digit"
    full_width: bool = False
    thousands: str = ""
    minus: str = "-"
    plus: bool = False
    remarks: float = 0.0
    units: bool = False
    item: str = "."
    brackets: str = "（）"
    quotes: str = "“”"
    gaps: float = 0.0
    breaks: float = 0.0
    typos: float = 0.0
    unseen: float = 0.0
    decimals: bool = False

    def number(
        self,
        value: Decimal | int,
        rng: Random,
        *,
        remark: str = "",
        unit: str = "",
        signed: bool = False,
        written: bool = False,
    ) -> Printed:
        """One figure as it is printed, and the number that a reader can take from it. A `written` zero is a
        digit, whatever the document does with others; a `signed` figure is a change up or down."""
        if value == 0 and not written:
            text = rng.choice(ZEROS[self.zero])
            if "0" not in text:
                return Printed(text, None)
            return Printed(text.replace("0", self._digits(0)), 0)
        text = self._digits(value)
        if signed and self.plus and value > 0:
            text = f"+{text}"
        if unit and self.units:
            text += unit
        if remark and value > 1 and rng.random() < self.remarks:
            text += remark.format(rng.randint(1, int(value)))
        return Printed(self._unseen(text, rng), value)

    def _digits(self, value: Decimal | int) -> str:
        text = f"{abs(value):f}" if isinstance(value, Decimal) else str(abs(value))
        whole, point, rest = text.partition(".")
        if self.thousands and len(whole) > 3:
            whole = f"{int(whole):,}".replace(",", self.thousands)
        text = whole + point + rest
        if self.decimals and not point:
            # As spreadsheets show whole numbers in cells of another format.
            text += ".00"
        if self.full_width:
            text = text.translate(FULL_DIGITS)
        return f"{self.minus}{text}" if value < 0 else text

    def label(self, text: str, rng: Random) -> str:
        """A label as this document writes it."""
        if rng.random() < self.typos:
            text = KNOWN_TYPOS.get(text) or _slip(text, rng)
        text = self._numbering(text)
        if self.quotes != "“”":
            text = text.replace("“", self.quotes[:1]).replace("”", self.quotes[1:])
        if len(text) > 4 and rng.random() < self.gaps:
            place = rng.randint(3, len(text) - 1)
            text = f"{text[:place]} {text[place:]}"
        if len(text) > 4 and rng.random() < self.breaks:
            place = rng.randint(3, len(text) - 1)
            text = f"{text[:place]}\n{text[place:]}"
        return self._unseen(text, rng) if text else text

    def _unseen(self, text: str, rng: Random) -> str:
        """The text with a character of no width in it, as editors of social media leave them behind."""
        if rng.random() >= self.unseen:
            return text
        place = rng.randint(0, len(text))
        return text[:place] + rng.choice("\u200b\ufeff\u200d") + text[place:]

    def _numbering(self, text: str) -> str:
        if text[:1].isdigit() and text[1:2] == ".":
            return f"{text[0]}{self.item}{text[2:]}"
        if text.startswith("（") and text[2:3] == "）" and text[1] in NUMERALS:
            if self.brackets == "㈠":
                return CIRCLED[NUMERALS.index(text[1])] + text[3:]
            return f"{self.brackets[0]}{text[1]}{self.brackets[1:]}{text[3:]}"
        return text


def _slip(text: str, rng: Random) -> str:
    """A slip of the hand in a long label: a character lost, doubled, or two exchanged."""
    if len(text) < 9 or rng.random() < 0.7:
        return text
    place = rng.randint(4, len(text) - 3)
    one, two = text[place], text[place + 1]
    if {one, two} & set("（）()万元"):
        return text
    return text[:place] + rng.choice((two, one + one + two, two + one)) + text[place + 2 :]


@dataclass(frozen=True)
class Printed:
    """The text of a cell and the number in it, `None` where it holds none."""

    text: str
    value: Value


def some_ink(rng: Random, *, plain: bool = False, blanks: bool = True) -> Ink:
    """An ink drawn at random. `plain` writes everything as the form does; without `blanks`, zeros are never
    left out (a table without rules has nothing else to hold its columns)."""
    if plain:
        return Ink()
    shapes = ["digit"] * 9 + ["nbsp_digit"]
    shapes += ["slash", "hyphen", "dash", "none"]
    if blanks:
        shapes += ["blank", "blank", "nbsp", "ideographic", "mixed"]
    return Ink(
        zero=rng.choice(shapes),
        full_width=rng.random() < 0.08,
        thousands=rng.choice(("", "", "", "", ",", "，")),
        minus=rng.choice(("-", "-", "\u2212", "－")),
        plus=rng.random() < 0.06,
        remarks=rng.choice((0, 0, 0, 0.4)),
        units=rng.random() < 0.1,
        item=rng.choice((".", ".", "．", "、", ". ")),
        brackets=rng.choice(("（）", "（）", "（）", "()", "() ", "㈠")),
        quotes=rng.choice(("“”", "“”", '""', "", "””")),
        gaps=rng.choice((0, 0, 0.05, 0.2)),
        breaks=rng.choice((0, 0, 0.05, 0.2)),
        typos=rng.choice((0, 0, 0.3)),
        decimals=rng.random() < 0.03,
        unseen=rng.choice((0,) * 12 + (0.1,)),
    )
