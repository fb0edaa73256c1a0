"""Page tags and document links of a page.

Tags follow 网页标签规范 (annex of 政府网站发展指引, 国办发〔2017〕47号); in the wild their names are
misspelt and their attributes come in any order, so that names are compared without case and by what they
were meant to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Link, Locator
from parser.readers.html_text import own_text, paths, text_of

TAGS = (
    *("SiteName", "SiteDomain", "SiteIDCode"),
    *("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"),
    *("ArticleTitle", "PubDate", "ContentSource", "Keywords", "Author", "Description", "Image", "Url"),
    *("DocId", "ChnlId", "SiteId"),
)
"""The names that page tags get in `Document.meta`."""

_SPELLINGS = {name.lower(): name for name in TAGS} | {
    "desctiption": "Description",
    "descripition": "Description",
    "keyword": "Keywords",
    "pubtime": "PubDate",
    "publishdate": "PubDate",
    "publictime": "PubDate",
    "source": "ContentSource",
    "contentsouce": "ContentSource",
    "siteidecode": "SiteIDCode",
    "siteid code": "SiteIDCode",
    "columnkeyword": "ColumnKeywords",
    "columndesctiption": "ColumnDescription",
    "title": "ArticleTitle",
}
_DOCUMENT = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|ofd|rtf|odt|zip|rar|7z)(?=$|[?#&\"'])", re.IGNORECASE)
_DOWNLOAD = re.compile(
    r"downfile\.jsp|download\.jsp|/download/|filename=|wbfileid=|attachment", re.IGNORECASE
)
_NAMED = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|ofd|rtf)\s*$", re.IGNORECASE)
_SITE_CODE = re.compile(r"网站标识码\s*[:：]?\s*((?:bm)?\d{8,10})(?!\d)")
_EMBEDS = (("iframe", "src"), ("embed", "src"), ("object", "data"), ("frame", "src"), ("param", "value"))


def page_tags(tree: Element, hidden: frozenset[Element]) -> dict[str, str]:
    """The page's tags under their proper names, and `title` from `<title>`; empty ones left out."""
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip().lower()
        value = own_text(element.get("content") or "")
        proper = _SPELLINGS.get(name)
        if proper and value and proper not in meta:
            meta[proper] = value
    if "SiteIDCode" not in meta and (code := _site_code(tree)):
        meta["SiteIDCode"] = code
    title = next(tree.iter("title"), None)
    if title is not None and (text := own_text(text_of(title, hidden).replace("\n", " "))):
        meta["title"] = text
    return meta


def _site_code(tree: Element) -> str | None:
    """The site's code (网站标识码) from the foot of the page."""
    found = _SITE_CODE.search("".join(tree.itertext("span", "p", "div", "a", "li", "td", "body")))
    return found.group(1) if found else None


def document_links(tree: Element, hidden: frozenset[Element]) -> tuple[Link, ...]:
    """Links and frames that lead to a document file, each once, as written."""
    found: dict[str, Link] = {}
    for link in _links(tree, hidden):
        found.setdefault(link.href, link)
    return tuple(found.values())


def _links(tree: Element, hidden: frozenset[Element]) -> Iterator[Link]:
    for element in tree.iter("a"):
        href = (element.get("href") or "").strip()
        text = own_text(text_of(element, hidden).replace("\n", " ")) or (element.get("title") or "").strip()
        if _DOCUMENT.search(href) or (_DOWNLOAD.search(href) and _NAMED.search(text)):
            yield Link(href, text, Locator(xpath=paths(element)))
    for tag, attribute in _EMBEDS:
        for element in tree.iter(tag):
            source = (element.get(attribute) or "").strip()
            if _DOCUMENT.search(source):
                yield Link(source, "", Locator(xpath=paths(element)))
