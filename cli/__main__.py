"""The way into the program, of the console script and of `python -m cli`.

Loading it takes a moment, in which Ctrl-C is no defect either: nothing was begun, so nothing is said.
"""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> int:
    """Run the program by the process's arguments: the exit code."""
    try:
        from cli.app import main as program  # noqa: PLC0415 - what takes the moment
    except KeyboardInterrupt:
        return INTERRUPTED
    return program()


if __name__ == "__main__":
    sys.exit(main())
