"""`nianbao evaluate`: read documents whose truth is known, and tell how well that went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli import screen
from cli.desk import desk
from cli.language import Words
from cli.progress import Bars
from errors import CannotRead, NoFile
from parser.evaluation import Evaluation, Score, pairs
from parser.evaluation import evaluate as read_all

SILENT_ERRORS = 1
"""Exit code when a figure is wrong and nothing says so."""

WORST_SHOWN = 10
PROBLEMS_SHOWN = 3
HEADS = (
    *("form", "format", "documents", "perfect", "printed_figures", "right", "missed", "wrong"),
    *("invented", "silent", "precision", "recall", "form_right", "year_right", "agency_right"),
    *("findings_right", "doubts_right", "per_second"),
)


def evaluate(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="evaluate.folder")],
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="evaluate.markdown")] = False,
) -> None:
    words = desk(ctx).words
    evaluation = _evaluate(Path(folder), words)
    if as_json:
        screen.document(evaluation.as_dict())
    elif as_markdown:
        screen.page(_page(evaluation, words))
    else:
        screen.table(words.heads(*HEADS), _rows(evaluation, words))
        _show_worst(evaluation, words)
    if evaluation.total.silent:
        raise typer.Exit(SILENT_ERRORS)


def _evaluate(folder: Path, words: Words) -> Evaluation:
    if not folder.is_dir():
        raise NoFile(path=folder, problem=words("evaluate.no_folder"))
    found = pairs(folder)
    if not found:
        raise NoFile(path=folder, problem=words("evaluate.none"))
    with Bars(words) as bars:
        bars.start("parse", len(found))
        try:
            return read_all(folder, lambda: bars.advance("parse"))
        except ValueError as error:
            raise CannotRead(path=folder, problem=error) from error


def _rows(evaluation: Evaluation, words: Words) -> Iterator[list[object]]:
    for form, format_, score in evaluation.groups():
        yield _row(words.term("group", form), format_, score)
    yield _row(words("evaluate.all"), "", evaluation.total)


def _row(form: str, format_: str, score: Score) -> list[object]:
    return [
        form,
        format_,
        *(score.documents, score.perfect, score.printed, score.right, score.missed, score.wrong),
        *(score.invented, score.silent, f"{score.precision:.2%}", f"{score.recall:.2%}"),
        *(score.form_right, score.year_right, score.agency_right),
        *(score.findings_right, score.doubts_right, f"{score.per_second:.0f}"),
    ]


def _show_worst(evaluation: Evaluation, words: Words) -> None:
    worst = evaluation.worst(WORST_SHOWN)
    if not worst:
        return
    screen.section(words("evaluate.worst"))
    screen.table(
        words.heads("document", "form", "problem"),
        [
            (one.name, words.term("group", one.form), problem)
            for one in worst
            for problem in one.problems[:PROBLEMS_SHOWN]
        ],
    )


def _page(evaluation: Evaluation, words: Words) -> str:
    """The scores as a page of documentation; single documents are not named."""
    heads = words.heads(*HEADS)
    lines = [f"# {words('evaluate.title')}", "", words("evaluate.about").strip(), ""]
    lines += [_piped(heads), _piped(["---", "---", *["---:"] * (len(heads) - 2)])]
    lines += [_piped(row) for row in _rows(evaluation, words)]
    return "\n".join(lines)


def _piped(cells: Sequence[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"
