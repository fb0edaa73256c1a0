"""A copy of the program, changed by a test, that answers many calls in one process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.cli.console import Outcome, environment, nianbao_here

PROGRAM = Path(__file__).parents[2]
ROOMS = ("cli", "crawler", "parser", "spiders", "storage", "config.py", "errors.py")


def copied(folder: Path) -> Path:
    """The rooms of the program, to be changed."""
    for name in ROOMS:
        room = PROGRAM / name
        if room.is_dir():
            shutil.copytree(room, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(room, folder)
    return folder


def surroundings(folder: Path, home: Path, **extra: str) -> dict[str, str]:
    """The environment in which the program of that folder runs, with the project's tests at hand."""
    path = os.pathsep.join((str(folder), str(PROGRAM)))
    return environment(home, NIANBAO_LANG="en", NIANBAO_WORKERS="1", PYTHONPATH=path) | extra


class OtherProgram:
    """The program of a folder, running until it is closed."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=folder,
            env=surroundings(folder, folder / "nowhere"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def call(self, *arguments: str, home: Path, workers: int = 1) -> Outcome:
        """One call of its command line, to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"arguments": arguments, "home": str(home), "workers": str(workers)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        code, out, complaint = json.loads(self._process.stdout.readline())
        return Outcome(code, out.encode(), complaint)

    def reparse(self, home: Path, *arguments: str, workers: int = 1) -> dict[str, Any]:
        done = self.call("reparse", "--json", *arguments, home=home, workers=workers)
        assert (done.code, done.complaint) == (0, "")
        told: dict[str, Any] = done.json
        return told

    def close(self) -> None:
        self._process.communicate()
        assert self._process.returncode == 0


def _serve() -> None:
    import cli

    assert Path(cli.__file__).is_relative_to(Path.cwd())
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        asked = json.loads(line)
        done = nianbao_here(
            *asked["arguments"],
            home=Path(asked["home"]),
            NIANBAO_WORKERS=asked["workers"],
            NIANBAO_LANG="en",
        )
        answers.write(json.dumps([done.code, done.out, done.complaint]) + "\n")
        answers.flush()


if __name__ == "__main__":
    _serve()
