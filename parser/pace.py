"""Word that a long reading goes on: whoever limits the time of a document can allow more for each page.

Recognising a picture takes seconds a page, and nobody knows how many pages that will be before the file is
open.
"""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[], None]] = []


def listen(callback: Callable[[], None]) -> None:
    """Have `callback` called after each page that was recognised, from now on in this process."""
    _listeners[:] = [callback]


def page_recognised() -> None:
    """A page was recognised from its picture."""
    for callback in _listeners:
        callback()
