"""The log of a run: a file that can fail without failing the night."""

from __future__ import annotations

import logging
from pathlib import Path

from errors import CannotWrite


class RunLog(logging.Handler):
    """Appends a line an event to a file, from its making on until the process ends.

    What cannot be written ends the log and nothing else: `problem` says why. Raises `CannotWrite` where the
    file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(logging.INFO)
        self.problem: CannotWrite | None = None
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Without a buffer nothing is left over that would fail once more at the end.
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise CannotWrite(path=path, problem=error.strerror) from error
        self.setFormatter(
            logging.Formatter("%(asctime)s [%(name)s] %(levelname)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        )
        logging.root.setLevel(logging.INFO)
        logging.root.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if self._file.closed:
            return
        try:
            # Addresses may have octets that are no character.
            line = f"{self.format(record)}\n".encode("utf-8", "backslashreplace")
        except Exception:  # noqa: BLE001 - as every handler: an event that has no words stops nobody
            self.handleError(record)
            return
        try:
            while line:
                line = line[self._file.write(line) :]
        except OSError as error:
            self.problem = CannotWrite(path=self._path, problem=error.strerror)
            self._file.close()

    def close(self) -> None:
        self._file.close()
        super().close()
