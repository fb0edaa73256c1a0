"""Which parser this is: its release, and a digest of what it is made of.

The same bytes give the same reading by the same parser version, so anything that could change a reading must
change the version: every module and every table of words of this room counts, and nobody has to remember to.
A digest that changes without changing a reading costs a second reading of the archive and makes no version.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

RELEASE = "1"


def _digest(room: Path) -> str:
    digest = hashlib.sha256()
    parts = sorted(path for path in room.rglob("*") if path.suffix in (".py", ".toml"))
    for path in parts:
        digest.update(path.relative_to(room).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


PARSER_VERSION = f"{RELEASE}+{_digest(Path(__file__).parent)[:10]}"
"""Such as `1+0f3c9a7be2`; records remember which version made them."""
