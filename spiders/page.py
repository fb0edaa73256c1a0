"""What the spider sees of a page: its tags, its way from the home page, and its links with their words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parser.readers.charset import decode

_BLANKS = re.compile(r"\s+")
_DATE = re.compile(r"(20\d\d)[-年/.](\d{1,2})[-月/.](\d{1,2})")
_CRUMBS = (
    '[class*="location"], [class*="position"], [class*="crumb"], [class*="dqwz"], [class*="weizhi"], '
    '[id*="location"], [id*="position"], [id*="crumb"]'
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link: where it leads (absolute, without fragment), its words (the longer of text and title)."""

    url: str
    text: str


class Page:
    """An HTML page, read without trusting its declarations. `url` is where it was found."""

    def __init__(self, url: str, payload: bytes) -> None:
        self.url = url
        self.html = decode(payload).text
        self._tree = LexborHTMLParser(self.html)

    @cached_property
    def tags(self) -> dict[str, str]:
        """The page tags (`<meta name content>`), by lower-case name, empty ones left out."""
        tags: dict[str, str] = {}
        for node in self._tree.css("meta[name]"):
            name = (node.attributes.get("name") or "").strip().lower()
            content = _squeeze(node.attributes.get("content") or "")
            if name and content:
                tags.setdefault(name, content)
        return tags

    @cached_property
    def title(self) -> str:
        """`ArticleTitle`, else the first `<h1>`, else `<title>`."""
        if "articletitle" in self.tags:
            return self.tags["articletitle"]
        heading = self._tree.css_first("h1")
        if heading is not None and _squeeze(heading.text()):
            return _squeeze(heading.text())
        title = self._tree.css_first("title")
        return _squeeze(title.text()) if title is not None else ""

    @cached_property
    def base(self) -> str:
        """What relative links are relative to."""
        node = self._tree.css_first("base[href]")
        return urljoin(self.url, node.attributes.get("href") or "") if node is not None else self.url

    @cached_property
    def crumbs(self) -> tuple[str, ...]:
        """The words of the breadcrumb (当前位置), from the home page down; empty where there is none."""
        for node in self._tree.css(_CRUMBS):
            words = tuple(_squeeze(link.text()) for link in node.css("a"))
            if 1 <= len(words) <= 10:
                return words
        return ()

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links to other pages, in order, each address once with its longest words."""
        found: dict[str, str] = {}
        for node in self._tree.css("a[href]"):
            url = self._address(node.attributes.get("href"))
            if url is None:
                continue
            words = max(
                (_squeeze(node.text()), _squeeze(node.attributes.get("title") or "")),
                key=lambda text: len(text.rstrip("….")),
            )
            if len(words) > len(found.get(url, "")) or url not in found:
                found[url] = words
        return tuple(Link(url, text) for url, text in found.items())

    @cached_property
    def frames(self) -> tuple[str, ...]:
        """The addresses of documents shown inside this one."""
        nodes = self._tree.css("iframe[src], frame[src], embed[src]")
        return _once(self._address(node.attributes.get("src")) for node in nodes)

    @cached_property
    def requisites(self) -> tuple[str, ...]:
        """The addresses of style sheets and images that the page needs to look as it did."""
        wanted: list[str | None] = []
        for node in self._tree.css("link[href], img[src], input[type=image][src], [background]"):
            if node.tag == "link" and not _is_presentation(node):
                continue
            reference = next(
                (node.attributes[name] for name in ("href", "src", "background") if name in node.attributes),
                None,
            )
            wanted.append(self._address(reference))
        return _once(iter(wanted))

    @cached_property
    def text(self) -> str:
        """The page's words without scripts and styles."""
        tree = LexborHTMLParser(self.html)
        tree.strip_tags(["script", "style", "noscript"])
        return _squeeze(tree.body.text(separator=" ")) if tree.body is not None else ""

    def _address(self, reference: str | None) -> str | None:
        reference = (reference or "").strip()
        if not reference or reference.lower().startswith(
            ("javascript:", "mailto:", "tel:", "data:", "#", "about:")
        ):
            return None
        try:
            url = urldefrag(urljoin(self.base, reference)).url
            parts = urlsplit(url)
        except ValueError:  # an address that is none, such as http://[
            return None
        return url if parts.scheme in ("http", "https") and parts.hostname else None


def style_requisites(url: str, payload: bytes) -> tuple[str, ...]:
    """The addresses that a style sheet needs: its imports and images."""
    references = re.findall(r"""url\(\s*["']?([^"')\s]+)|@import\s+["']([^"']+)""", decode(payload).text)
    addresses = (urljoin(url, first or second) for first, second in references)
    return tuple(
        dict.fromkeys(address for address in addresses if address.startswith(("http://", "https://")))
    )


def _is_presentation(node: LexborNode) -> bool:
    rel = (node.attributes.get("rel") or "").lower()
    return "stylesheet" in rel or "icon" in rel


def _once(addresses: object) -> tuple[str, ...]:
    assert hasattr(addresses, "__iter__")
    return tuple(dict.fromkeys(address for address in addresses if address))


def _squeeze(text: str) -> str:
    return _BLANKS.sub(" ", text.replace("\u3000", " ").replace("\xa0", " ")).strip()
