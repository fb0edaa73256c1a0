"""Who watches a night."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Told of a phase's start (with how much there is to do, if known), its advance and its end, and of
    anything an operator should read."""

    def start(self, phase: str, total: int | None) -> None: ...
    def advance(self, phase: str, amount: int = 1) -> None: ...
    def finish(self, phase: str) -> None: ...
    def note(self, line: str) -> None: ...
