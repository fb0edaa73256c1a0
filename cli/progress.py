"""stderr while something long runs: bars on a terminal, silence elsewhere; notes are always said."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from cli import screen
from cli.language import Words


class Bars:
    """A watcher: one bar a phase. Use it in a `with` block, so that the terminal is left in order."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._console = Console(stderr=True, markup=False, emoji=False, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            disable=not screen.is_terminal(sys.stderr),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def start(self, phase: str, total: int | None) -> None:
        description = self._words.term("phase", phase)
        self._tasks[phase] = self._progress.add_task(description, total=total)

    def advance(self, phase: str, amount: int = 1) -> None:
        self._progress.advance(self._tasks[phase], amount)

    def finish(self, phase: str) -> None:
        task = self._tasks[phase]
        done = next(item.completed for item in self._progress.tasks if item.id == task)
        self._progress.update(task, total=done)

    def note(self, line: str) -> None:
        if self._progress.disable:
            screen.complain(line)
        else:
            self._console.print(Text(screen.clean(line)))
