"""What a service tells on stderr: a line an event."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo


class Lines(logging.Formatter):
    """One line an event: time in `zone`, level, what happened; of an exception only what it says."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, self._zone).isoformat(timespec="seconds")
        error = record.exc_info[1] if record.exc_info else None
        reason = f": {type(error).__name__}: {error}" if error else ""
        return " ".join(f"{at} {record.levelname} {record.getMessage()}{reason}".split())


def to_stderr(zone: ZoneInfo, levels: Mapping[str, int]) -> None:
    """Send the named loggers' events of at least that level to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines(zone))
    for name, level in levels.items():
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(level)
