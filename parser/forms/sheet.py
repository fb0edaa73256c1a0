"""What the reading of one table yields: figures by key, and doubts about the reading."""

from __future__ import annotations

from dataclasses import dataclass, field

from parser.document import Cell, Locator
from parser.forms.vocabulary import entry
from parser.numbers import Printed, read_change, read_number
from parser.report import Doubt, Figure

SURE = 0.9
"""Confidence of recognised characters below which a number is doubtful."""

_MONEY = frozenset({"元", "千元", "万元", "亿元"})
_SHARE = "%"
_MANY = ("万", "千")
_CHANGE = ".change"


@dataclass(slots=True)
class Sheet:
    """Figures and doubts of one table of a form, collected while it is read."""

    figures: dict[str, Figure] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, kind: str, where: str, message: str, locator: Locator | None = None) -> None:
        """Note that the reading is unsure at a place."""
        self.doubts.append(Doubt(kind, where, message, locator or Locator()))

    def put(self, key: str, cell: Cell, unit: str | None = None) -> Figure:
        """Take a cell's number under a key. `unit` is what the table prints beside or above the cell; the
        form's own unit is used where there is none."""
        printed = read_change(cell.text) if key.endswith(_CHANGE) else read_number(cell.text)
        known = entry(key)
        figure = Figure(
            key=key,
            value=printed.value,
            unit=printed.unit or unit or (known.unit if known else None),
            printed=cell.text,
            remark=printed.remark,
            locator=cell.locator,
        )
        self._question(figure, printed, cell)
        self._question_unit(figure, known.unit if known else None, cell)
        self.figures[key] = figure
        return figure

    def put_without_cell(self, key: str, locator: Locator) -> None:
        """A row of the form that has a label and no value by design: printed, without a number."""
        self.figures[key] = Figure(key, None, None, "", locator=locator)

    def _question(self, figure: Figure, printed: Printed, cell: Cell) -> None:
        if not printed.understood:
            self.doubt(
                "not_understood",
                figure.key,
                f"The cell says “{cell.text}”, which is neither a number nor a blank.",
                cell.locator,
            )
        elif printed.letter:
            self.doubt(
                "letter_for_zero",
                figure.key,
                f"The cell says “{cell.text}”, which was read as a zero.",
                cell.locator,
            )
        elif printed.joined:
            self.doubt(
                "broken_number",
                figure.key,
                f"The number stands on two lines and was joined: “{cell.text}”.".replace("\n", "⏎"),
                cell.locator,
            )
        elif cell.confidence < SURE:
            self.doubt(
                "low_confidence",
                figure.key,
                f"The characters “{cell.text}” were recognised with confidence {cell.confidence:.2f}.",
                cell.locator,
            )

    def _question_unit(self, figure: Figure, wanted: str | None, cell: Cell) -> None:
        """A share, a part of one, money where the form counts, or another unit than the form's: the number is
        kept as it is printed, and nobody should add it up with others unawares."""
        unit = figure.unit
        if figure.value is None or wanted is None:
            return
        if wanted not in _MONEY and figure.value != figure.value.to_integral_value():
            message = f"The form counts this in {wanted}; a part of one is printed: “{cell.text}”."
            self.doubt("fraction", figure.key, message, cell.locator)
        if unit == wanted:
            return
        many = unit is not None and unit.startswith(_MANY)
        if many or unit == _SHARE or (unit in _MONEY) != (wanted in _MONEY) or wanted in _MONEY:
            self.doubt(
                "unit",
                figure.key,
                f"The form counts this in {wanted}, here it is printed in {unit}: “{cell.text}”.",
                cell.locator,
            )


def merge(kind: str, sheets: list[Sheet]) -> Sheet:
    """One table out of its instances. A second table with the same numbers (a page made for two screens) adds
    nothing; what two of them print otherwise is left out with a doubt, since nothing tells which of them is
    the report's (`parser.forms.years` has taken out those that a year tells apart)."""
    first, *others = [sheet for sheet in sheets if sheet.figures] or [Sheet()]
    whole = Sheet(dict(first.figures), [doubt for sheet in sheets for doubt in sheet.doubts])
    for other in others:
        common = whole.figures.keys() & other.figures.keys()
        differing = sorted(key for key in common if whole.figures[key].value != other.figures[key].value)
        if differing:
            example = whole.figures[differing[0]], other.figures[differing[0]]
            for key in differing:
                del whole.figures[key]
            whole.doubt(
                "second_table",
                kind,
                f"The report prints this table twice with {len(differing)} different numbers (e.g. "
                f"{differing[0]}: {example[0].printed} and {example[1].printed}); these were left out.",
                example[1].locator,
            )
        elif not common:
            whole.figures.update(other.figures)
    return whole
