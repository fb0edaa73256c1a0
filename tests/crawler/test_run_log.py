"""The log of a run takes whatever strangers' addresses make of an event."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from crawler.run_log import RunLog


def test_octets_that_are_no_characters_are_written_as_escapes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path, level = tmp_path / "logs" / "run-1.log", logging.root.level
    log = RunLog(path)
    try:
        # To this log only: pytest's own hands them to the process that collects reports, which dies of them.
        log.handle(logging.makeLogRecord({
            "name": "crawler", "levelno": logging.ERROR, "levelname": "ERROR",
            "msg": "asked for http://a.example/%s", "args": ("\udce5年",),
        }))  # fmt: skip
    finally:
        logging.root.removeHandler(log)
        logging.root.setLevel(level)
        log.close()
    assert path.read_text("utf-8").endswith(" [crawler] ERROR: asked for http://a.example/\\udce5年\n")
    assert (log.problem, capfd.readouterr().err) == (None, "")
