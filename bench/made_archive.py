"""Archives of made replies, for what reads archives to be measured on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.archive import Archive, Arrival
from storage.database import Database
from storage.exchange import Exchange, Purpose, take_apart
from storage.models import Run

SITE = "bench.example"
FILE_BYTES = 200_000
SEGMENTS = 4
KINDS = {
    "files": "images and documents: nothing to be packed",
    "night": "a first night: three pages for each file; pages are markup that packs to a seventh",
    "mixed": "four pages of random words, which pack to a half, for each file",
    "markup": "pages of markup alone",
    "pages": "pages of random words alone",
    "unchanged": "later nights: pages that came again, so that nothing but small records is written",
}
_GROUP = 40
_SAME_BYTES = 1000
_UNCHANGED_SHARE = 4
"""An archive of small records takes long to make: that part of the octets asked for is made."""


def fill(folder: Path, database: Database, kind: str, size: int) -> None:
    """Four segments with replies of one of the `KINDS`, so many octets together before they are packed."""
    with database.write() as session:
        session.add(
            Run(id=1, kind="night", state="done", started_at=datetime.now(UTC), sites=[SITE], summary={})
        )
    bodies = _bodies(kind, size)
    started = datetime(2026, 1, 1, tzinfo=UTC)
    number = 0
    for _ in range(SEGMENTS):
        archive = Archive(
            folder, database, run_id=1, site=SITE, segment_bytes=1 << 30, info={"software": "bench"}
        )
        room = size // SEGMENTS // (_UNCHANGED_SHARE if kind == "unchanged" else 1)
        while room > 0:
            group = []
            for _ in range(_GROUP):
                body = next(bodies)
                room -= len(body)
                number += 1
                group.append(_arrival(number, started + timedelta(seconds=number), body))
            archive.add_all(group)
        archive.close()


def _arrival(number: int, moment: datetime, body: bytes) -> Arrival:
    reply = (
        b"HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sun, 22 Nov 2026 04:00:00 GMT\r\n"
        b"Content-Type: text/html\r\nContent-Length: %d\r\nConnection: keep-alive\r\n"
        b'ETag: "65b8a1c3-71a2"\r\nAccept-Ranges: bytes\r\n\r\n' % len(body)
    )
    request = (
        f"GET /zwgk/t{number}.html HTTP/1.1\r\nHost: {SITE}\r\nAccept: text/html,*/*;q=0.8\r\n"
        f"Accept-Language: zh-CN,zh;q=0.9\r\nAccept-Encoding: gzip, deflate\r\n"
        f"User-Agent: Nianbao/0.1 (+https://operator.example/)\r\n\r\n"
    )
    made = Exchange(
        f"https://{SITE}/zwgk/t{number}.html", "GET", moment, request.encode(), reply + body, "complete",
        ip_address="192.0.2.7",
    )  # fmt: skip
    purpose = Purpose("report", "the words of the link that led here", f"https://{SITE}/zwgk/")
    return Arrival(made, purpose, take_apart(made.response))


def _bodies(kind: str, seed: int) -> Iterator[bytes]:
    dice = random.Random(seed)
    files = {"files": 1, "mixed": 5, "night": 4}.get(kind)
    words = [f"{dice.getrandbits(40):x}" for _ in range(4000)]
    same = [dice.randbytes(_SAME_BYTES) for _ in range(_GROUP)]
    number = 0
    while True:
        number += 1
        if kind == "unchanged":
            yield same[number % len(same)]
        elif files and number % files == 0:
            yield dice.randbytes(FILE_BYTES)
        elif kind in ("night", "markup"):
            yield _markup(dice)
        else:
            yield " ".join(dice.choices(words, k=3000)).encode()


def _markup(dice: random.Random) -> bytes:
    """A page as a CMS makes it: 20 to 40 kB, rows of a list in much markup."""
    rows = []
    for _ in range(dice.randrange(80, 160)):
        title = "".join(dice.choices(_WORDS, k=8))
        day = f"2024-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
        place = f"/zwgk/gknb/{day[:4]}{day[5:7]}/t{day.replace('-', '')}_{dice.getrandbits(24)}.html"
        rows.append(
            f'<tr class="list-item" onmouseover="this.className=\'hover\'"><td class="dot"><i></i></td>'
            f'<td class="title"><a href="{place}" target="_blank" title="{title}">{title}</a></td>'
            f'<td class="date" align="right"><span style="color:#999999">{day}</span></td></tr>\r\n'
        )
    return ("<html><body><table>" + "".join(rows) + "</table></body></html>").encode()


_WORDS = (
    "政府", "信息", "公开", "工作", "年度", "报告", "关于", "人民", "机关", "申请", "行政", "复议", "诉讼",
    "数据", "情况", "主动", "收到", "处理", "办理", "结果",
)  # fmt: skip
