"""What stands in for the parser in worker processes, by what the payload asks for."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from crawler.handover import read_one
from storage.archive import Place, read_reply


def misbehave(folder: Path, place: Place) -> tuple[dict[str, Any], float]:
    """Do what the payload says, and read it as ever otherwise."""
    payload = read_reply(folder, place).payload
    if payload == b"sleep":
        time.sleep(60)
    if payload == b"eat":
        hog = []
        while True:
            hog.append(bytes(1 << 24))
    if payload == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    if payload == b"exit":
        os._exit(3)
    if payload == b"raise":
        raise RuntimeError("a defect")
    return read_one(folder, place)
