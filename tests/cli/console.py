"""Runs the program: the installed console script in a process of its own, or its `main` in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.databases import settings_of

PROGRAM = Path(sys.executable).parent / "nianbao"


@dataclass(frozen=True)
class Outcome:
    code: int
    octets: bytes
    complaint: str

    @property
    def out(self) -> str:
        return self.octets.decode("utf-8")

    @property
    def json(self) -> Any:
        """stdout as its one JSON document."""
        return json.loads(self.octets)

    @property
    def rows(self) -> list[list[str]]:
        """stdout as lines of tab-separated cells."""
        return [line.split("\t") for line in self.out.splitlines()]


def environment(home: Path, **extra: str) -> dict[str, str]:
    """A plain environment: our settings only, an English UTF-8 locale."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIANBAO_", "LC_"))}
    return kept | {"LANG": "C.UTF-8", "COLUMNS": "100"} | settings_of(home) | extra


def nianbao(*arguments: str | bytes, home: Path, stdin: str = "", **extra: str) -> Outcome:
    """Run it to its end, with its output piped."""
    done = subprocess.run(
        [str(PROGRAM), *arguments],
        input=stdin.encode(),
        capture_output=True,
        env=environment(home, **extra),
        timeout=110,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr.decode("utf-8"))


def nianbao_here(*arguments: str | bytes, home: Path, **extra: str) -> Outcome:
    """The same call without a process of its own, for what a process adds nothing to: a second cheaper."""
    from cli.app import main

    out, complaint = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        patch.dict(os.environ, environment(home, **extra), clear=True),
        redirect_stdout(out),
        redirect_stderr(complaint),
    ):
        code = main([os.fsdecode(one) for one in arguments])
    octets, told = (stream.buffer.getvalue() for stream in (out, complaint))
    return Outcome(code, octets, told.decode("utf-8"))


def is_one_line(text: str) -> bool:
    """A complaint as a user shall see it: one line, no traceback, no steering of the terminal."""
    return text.endswith("\n") and text.count("\n") == 1 and "\x1b" not in text and "Traceback" not in text
