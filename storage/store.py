"""The object store that keeps copies of sealed segments: any that speaks S3, named by one URL.

    s3://bucket/prefix        the credentials are those of every S3 program (AWS_ACCESS_KEY_ID, ~/.aws, …)

A segment goes up in one request, which a store takes as a whole or not at all, and is believed to be there
only once it was read back and has the sha256 of its sealing.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

from config import settings
from errors import BadSetting, CannotRead, StoreTrouble
from storage.segment import SEALED_SUFFIX

_PIECE_BYTES = 1 << 20
_FIRST_BYTES = 1 << 17
"""Holds most pages; a reader that goes on is given more at a time."""
_ABSENT = ("404", "NoSuchKey", "NotFound")
_REFUSED = (
    "403",
    "AccessDenied",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
)
SETTING = "NIANBAO_ARCHIVE_URL"


class Store:
    """One place in an S3 store. Every call raises `StoreTrouble` where the store does not do it."""

    def __init__(self, url: str, endpoint: str = "", *, timeout: float = 60.0) -> None:
        """`url`: as the settings take it. `endpoint`: where the store is, unless it is Amazon's. Raises
        `BadSetting`."""
        parts = urlsplit(url)
        self.url = url
        self._bucket = parts.netloc
        self._prefix = f"{prefix}/" if (prefix := parts.path.strip("/")) else ""
        self._client = _client(endpoint, timeout)

    def size(self, name: str) -> int | None:
        """How many bytes the store has of a segment; none where it has not got it."""
        with self._asking():
            try:
                return int(self._client.head_object(**self._at(name))["ContentLength"])
            except self._client.exceptions.ClientError as error:
                if _code(error) in _ABSENT:
                    return None
                raise

    def put(self, path: Path, name: str, sha256: str) -> None:
        """Send a sealed segment up. Where this returns, the store has it whole: it was read back."""
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        with self._asking(), path.open("rb") as file:
            # The store refuses what came over otherwise, if it knows of checksums; not all do.
            self._client.put_object(**self._at(name), Body=file, ChecksumSHA256=checksum)
        if self.sha256(name) != sha256:
            raise StoreTrouble(url=self.url, problem=f"{name} came back otherwise than it was sent")

    def sha256(self, name: str) -> str:
        """The sha256 of what the store has, in hex, by reading it."""
        digest = hashlib.sha256()
        with self._asking():
            body = self._client.get_object(**self._at(name))["Body"]
            while piece := body.read(_PIECE_BYTES):
                digest.update(piece)
        return digest.hexdigest()

    def open(self, name: str) -> IO[bytes]:
        """A segment, read by ranges as its reader asks. Raises `CannotRead` where the store lacks it."""
        size = self.size(name)
        if size is None:
            problem = "the segment is missing"
            raise CannotRead(path=f"{self.url}/{name}{SEALED_SUFFIX}", problem=problem)
        return cast("IO[bytes]", _Ranges(self, name, size))

    def read(self, name: str, offset: int, length: int) -> bytes:
        """That many octets from there on; fewer at the end."""
        with self._asking():
            reply = self._client.get_object(**self._at(name), Range=f"bytes={offset}-{offset + length - 1}")
            octets = bytes(reply["Body"].read())
        if len(octets) > length:
            raise StoreTrouble(url=self.url, problem="it does not give out parts of a file")
        return octets

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{name}{SEALED_SUFFIX}"}

    @contextmanager
    def _asking(self) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - slow to load

        try:
            yield
        except ClientError as error:
            code = _code(error)
            problem = f"it refuses the credentials ({code})" if code in _REFUSED else f"it answers {code}"
            raise StoreTrouble(url=self.url, problem=problem) from error
        except BotoCoreError as error:
            raise StoreTrouble(url=self.url, problem=" ".join(str(error).split())) from error


class _Ranges(io.RawIOBase):
    """A segment of a store as a file to read and seek in. What is read on and on comes in larger parts."""

    def __init__(self, store: Store, name: str, size: int) -> None:
        super().__init__()
        self._store, self._name, self._size = store, name, size
        self._at = 0
        self._held, self._start = b"", 0
        self._ahead = _FIRST_BYTES

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("an offset that no file has")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer)
        if self._at >= self._size:
            return 0
        if not self._start <= self._at < self._start + len(self._held):
            self._fetch(len(view))
        begin = self._at - self._start
        octets = self._held[begin : begin + len(view)]
        view[: len(octets)] = octets
        self._at += len(octets)
        return len(octets)

    def _fetch(self, wanted: int) -> None:
        follows = self._at == self._start + len(self._held) and bool(self._held)
        self._ahead = min(self._ahead * 4, 8 * _PIECE_BYTES) if follows else _FIRST_BYTES
        length = min(max(wanted, self._ahead), self._size - self._at)
        self._held, self._start = self._store.read(self._name, self._at, length), self._at


def the_store() -> Store | None:
    """The store of the settings of this process, where one is set. Raises `BadSetting`, `StoreTrouble`."""
    chosen = settings()
    return _store(chosen.archive_url, chosen.archive_endpoint) if chosen.archive_url else None


@cache
def _store(url: str, endpoint: str) -> Store:
    return Store(url, endpoint)


def _client(endpoint: str, timeout: float) -> Any:
    try:
        from botocore.config import Config  # noqa: PLC0415 - slow to load
        from botocore.session import Session  # noqa: PLC0415
    except ImportError as error:
        problem = "needs the extra nianbao[s3]; `pip install 'nianbao[s3]'`"
        raise BadSetting(name=SETTING, value="s3://", problem=problem) from error
    config = Config(
        connect_timeout=10,
        read_timeout=timeout,
        retries={"mode": "standard", "max_attempts": 3},
        s3={"addressing_style": "path"} if endpoint else None,
        # Many stores do not know the newer checksums; ours is asked for by name.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    try:
        return Session().create_client("s3", endpoint_url=endpoint or None, config=config)
    except ValueError as error:
        raise BadSetting(name="NIANBAO_ARCHIVE_ENDPOINT", value=endpoint, problem=str(error)) from error


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", "nothing that it should"))
