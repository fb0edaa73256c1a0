"""The files of a report page: which of its links lead to a document, whatever their addresses look like.

Many systems give files out through a program (`download.jsp?wbfileid=5`), show them in a viewer
(`viewer.html?file=/a.pdf`), or name them to a script only. What an address or its words name as a document is
a file; what only speaks of a download may be one, which the answer tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from spiders.page import Page

ATTACHMENT_ENDINGS = (
    ".pdf", ".doc", ".docx", ".wps", ".xls", ".xlsx", ".et", ".ofd", ".rtf", ".odt", ".txt",
    ".mht", ".mhtml", ".csv", ".ods", ".zip", ".rar", ".7z",
)  # fmt: skip

MOST_FILES = 30
"""Files of one report page that are asked for; those that are named as documents come first."""

_DOCUMENT = re.compile(
    r"\.(?:pdf|docx?|wps|xlsx?|et|ofd|rtf|odt|ods|csv|mht|mhtml|zip|rar|7z)(?![a-z0-9])", re.IGNORECASE
)
_PROGRAM = re.compile(
    r"down_?load|down_?file|file_?down|get_?file|open_?file|read_?file|attach|fj_?down|/filesystem/",
    re.IGNORECASE,
)
"""Names of programs that give files out: download.jsp, downfile.jsp, downloadAttach.do, getFile …"""

_PAGE = re.compile(r"(?:/|\.s?html?)$", re.IGNORECASE)
_WORDS = re.compile(
    r"^[【\[(]?附[件表]|(?:点击|附件|全文|正文|文件|原文|报告|年报|文档)下载|下载(?:附件|全文|正文|文件|原文|报告|年报|文档)|"
    r"^[【\[(]?(?:点击|立即|本地)?下载(?:此处|查看)?[】\])]?$|(?:pdf|word|doc|ofd|wps)(?:版|格式|文[件档本]|下载|全文)",
    re.IGNORECASE,
)
_PROGRAMS_FOR_READERS = re.compile(
    r"app|客户端|软件|控件|阅读器|插件|reader|浏览器|下载中心|下载专区|表格下载", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class File:
    """An address that leads to a file, and the words of its link. `certain`: something names a document;
    otherwise a page may stand there too."""

    url: str
    words: str
    certain: bool = True


def is_attachment(url: str) -> bool:
    """Whether the address names a file of a document format."""
    return urlsplit(url).path.lower().endswith(ATTACHMENT_ENDINGS)


def files_of(page: Page) -> tuple[File, ...]:
    """The files that a report page links to, shows, or names to its scripts: the certain ones first, each
    address once, `MOST_FILES` at most."""
    found: dict[str, File] = {}
    for file in sorted(_found(page), key=lambda one: not one.certain):
        if file.url != page.url:
            found.setdefault(file.url, file)
    return tuple(found.values())[:MOST_FILES]


def _found(page: Page) -> Iterator[File]:
    for link in page.links:
        url = _shown_in_a_viewer(page, link.url, framed=False) or link.url
        if is_attachment(url) or _named_in_query(link.url) or _DOCUMENT.search(link.text):
            yield File(url, link.text)
        elif _PROGRAMS_FOR_READERS.search(link.text):
            continue
        elif _WORDS.search(link.text) or (_PROGRAM.search(url) and not _PAGE.search(urlsplit(url).path)):
            yield File(url, link.text, certain=False)
    for url in (*page.frames, *page.objects):
        inner = _shown_in_a_viewer(page, url, framed=True) or url
        if is_attachment(inner) or _named_in_query(inner):
            yield File(inner, page.title)
    for url in page.scripted:
        if is_attachment(url):
            yield File(url, page.title)


def _named_in_query(url: str) -> bool:
    return any(value.lower().endswith(ATTACHMENT_ENDINGS) for _, value in parse_qsl(urlsplit(url).query))


def _shown_in_a_viewer(page: Page, url: str, *, framed: bool) -> str | None:
    """The document that the address of a viewer names: `viewer.html?file=/a.pdf` is no file, a.pdf is."""
    parts = urlsplit(url)
    if not (_PAGE.search(parts.path) or (framed and not is_attachment(url))):
        return None
    for _, value in parse_qsl(parts.query):
        named = value.lower().endswith(ATTACHMENT_ENDINGS)
        if named and ("/" in value or _PAGE.search(parts.path)):
            return page.address(value, relative_to=url)
    return None
