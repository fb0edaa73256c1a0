"""Tools that are not ours, in the folder that `make peers` makes; tests skip where they are not there.

Their licences (AGPL, GPL) keep them out of our environment: they are called as programs, never imported.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / ".peers"


def peer(name: str) -> Path:
    """A program of that folder."""
    program = FOLDER / "bin" / name
    if not program.exists():
        pytest.skip(f"{name} is not here; `make peers` installs it")
    return program


def run(*command: str | Path) -> str:
    """Run a peer that must do well: what it said."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def node_script(name: str) -> list[str | Path]:
    """A script of the tests, to be run by node with the peers from npm."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "@webrecorder" / "wabac").exists():
        pytest.skip("node or @webrecorder/wabac is not here; `make peers` installs it")
    return [node, Path(__file__).parent / name]
