"""A real S3 server on loopback: rclone, over a folder."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

RCLONE = Path(sys.executable).parent / "rclone"
KEY, SECRET = "NIANBAOTESTKEY000001", "a-secret-of-the-tests-0001"
BUCKET = "archive"
URL = f"s3://{BUCKET}/nianbao"


class S3Server:
    """Serves `folder`; stop and start it at will, the address stays. `arguments` are rclone's."""

    def __init__(self, folder: Path, *arguments: str, file_bytes: int | None = None) -> None:
        """`file_bytes`: no file may grow larger, as on a full disk."""
        self.folder = folder
        (folder / BUCKET).mkdir(parents=True, exist_ok=True)
        self._arguments = arguments
        self._file_bytes = file_bytes
        self._address = "127.0.0.1:0"
        self.endpoint = ""
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        log = self.folder / "log"
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(
                [
                    str(RCLONE), "serve", "s3", str(self.folder), "--addr", self._address,
                    "--auth-key", f"{KEY},{SECRET}", "--vfs-cache-mode", "off", *self._arguments,
                ],
                stderr=stderr,
                env=os.environ | {"RCLONE_CONFIG": ""},
            )  # fmt: skip
        while not (told := re.search(rb"Starting s3 server on \[(http://([^]/]+))", log.read_bytes())):
            if self._process.poll() is not None:
                raise RuntimeError(f"rclone does not serve: {log.read_text()}")
            time.sleep(0.01)
        self.endpoint, self._address = (part.decode() for part in told.groups())
        if self._file_bytes:
            resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (self._file_bytes,) * 2)

    def kill(self) -> None:
        """At once, whatever it is doing."""
        self._process.kill()
        self._process.wait()

    def objects(self) -> dict[str, bytes]:
        """What it has, by name."""
        return {path.name: path.read_bytes() for path in (self.folder / BUCKET).rglob("*") if path.is_file()}
