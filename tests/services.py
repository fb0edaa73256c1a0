"""The scheduler in processes of its own, forked from one that has imported it: a second cheaper for each."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["scheduler"])


def start(
    night: Sequence[str], arguments: Sequence[str], environment: Mapping[str, str], log: Path
) -> ForkServerProcess:
    """A service whose night is this command. What it says goes to the log."""
    process = _FORKS.Process(target=_serve, args=(list(night), list(arguments), dict(environment), str(log)))
    process.start()
    return process


def _serve(night: list[str], arguments: list[str], environment: dict[str, str], log: str) -> None:
    import scheduler

    os.environ.clear()
    os.environ.update(environment)
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    sys.exit(scheduler.main(arguments, night))
