"""Runs the replica alone: `python -m demo.server --day 1 --port 8118`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from demo.days import DAYS
from demo.replica import Replica

__all__ = ["Replica", "main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the replica until it is told to stop."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.server", description="The replica of the two sites."
    )
    parser.add_argument("--day", type=int, choices=DAYS, default=1, help="the day to answer as (default 1)")
    parser.add_argument("--port", type=int, default=0, help="the port on loopback (default: any free one)")
    parser.add_argument("--ca", type=Path, metavar="FILE", help="write the certificate to trust to FILE")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with Replica(options.day, options.port) as replica:
            if options.ca:
                options.ca.write_text(replica.ca_pem)
            sys.stdout.write(f"{replica.proxy_url} answers as the two sites on day {options.day}\n")
            sys.stdout.flush()
            stop.wait()
    except OSError as error:
        parser.exit(1, f"demo.server: {error}\n")


if __name__ == "__main__":
    main()
