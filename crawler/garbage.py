"""When Python's garbage collector looks, and through what.

What a process has loaded stays to its end. Python's own collector looks through all of it again and again:
while it is being loaded, and later whenever a walk has made new objects by the ten thousand.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_BURST = 10_000
"""More objects than a group makes between two looks; Python's own number is 700."""
_LITTER = 32 * 1024 * 1024
"""Octets of replies after which it looks at once: Scrapy's objects hold each other, and a body with them."""


@contextmanager
def loading() -> Iterator[None]:
    """Modules are loaded inside: nothing is looked through meanwhile, and what is there then never again."""
    looks = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if looks:
            gc.enable()


def settle() -> None:
    """A walk begins: what is there stays, and the collector looks less often from now on.

    A group of exchanges is released at once, and each starts a hundred tasks of Scrapy's: so many that the
    collector ran three times as often as without groups.
    """
    if gc.get_threshold()[0] != _BURST:
        gc.freeze()
        gc.set_threshold(_BURST)


class Litter:
    """Has the collector look at once, where many octets have gone by."""

    def __init__(self) -> None:
        self._octets = 0

    def add(self, octets: int) -> None:
        """So many have been held, and are no longer wanted."""
        self._octets += octets
        if self._octets > _LITTER:
            self._octets = 0
            gc.collect()
