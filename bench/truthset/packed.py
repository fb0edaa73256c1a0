"""Reports in archives, as offices send them: beside a notice, twice in two formats, in folders, in an archive
of their own."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bench.truthset.archives import rar, seven_zip, zipped
from bench.truthset.content import Content

INSIDE = ("docx", "docx", "pdf", "xlsx", "odt", "rtf", "ofd", "html")
_JUNK = {
    "__MACOSX/._报告": b"\x00\x05\x16\x07",
    "Thumbs.db": b"\xd0\xcf\x11\xe0",
    "desktop.ini": b"[.Shell]\r\n",
}
_NOTICE = "关于报送材料的通知\n请各单位按时报送。\n"


def packed(
    content: Content, rng: Random, ending: str, write: Callable[[Content, Random, str], bytes]
) -> bytes:
    """The report in an archive of that kind (`zip`, `7z`, `rar`); `write` makes a file in a format."""
    folder = rng.choice(("", "", "附件/", "年报/公开/"))
    inside = [rng.choice(INSIDE)]
    if content.payload is None and rng.random() < 0.3:
        inside.append(rng.choice([other for other in INSIDE if other != inside[0]]))
        content.features.append("twice")
    stem = rng.choice((content.title.text.strip()[:30], "附件1", "report")).replace("/", "")
    files = {f"{folder}{stem}.{one}": write(content, rng, one) for one in inside}
    content.features += inside
    if rng.random() < 0.5:
        files = {"通知.txt": _NOTICE.encode(rng.choice(("utf-8", "gbk"))), **files}
    if rng.random() < 0.2:
        files |= _JUNK
    if rng.random() < 0.15:
        content.features.append("inner")
        files = {"年报.zip": zipped(files)}
    if ending == "7z":
        return seven_zip(files)
    if ending == "rar":
        return rar(files)
    names = rng.choice(("utf-8", "gb18030"))
    content.features.append(names)
    return zipped(files, names)
