"""What the spider sees of a page: its tags, its way from the home page, and its links with their words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode
from w3lib.url import safe_url_string

from parser.readers.charset import decode
from parser.readers.page_images import leads_to_picture, source_of

_BLANKS = re.compile(r"\s+")
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_STYLE_REFERENCE = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]+))\s*\)|@import\s+(?:"([^"]+)"|'([^']+)')"""
)
_SCRIPTED = re.compile(r"""["']([^"'\s<>]{1,500}\.[A-Za-z0-9]{2,5})["']""")
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
        self.html, encoding, _ = decode(payload)
        # As browsers do: of an address the query is in the page's encoding, the path always in UTF-8.
        self._charset = encoding if encoding == "gb18030" else "utf-8"
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
    def titles(self) -> tuple[str, ...]:
        """What may be its title, best first: `ArticleTitle`, the headings, `<title>`."""
        nodes = [*self._tree.css("h1"), *self._tree.css("h2"), *self._tree.css("head > title")]
        return _once([self.tags.get("articletitle"), *(_squeeze(node.text()) for node in nodes)])

    @cached_property
    def title(self) -> str:
        """The best of its titles; empty where it has none."""
        return self.titles[0] if self.titles else ""

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
        # 大汉 jcms writes the rows of a listing as XML into the page, for a script to show.
        rows = [LexborHTMLParser(node.text()) for node in self._tree.css('script[type="text/xml"]')]
        for node in (node for tree in (self._tree, *rows) for node in tree.css("a[href], area[href]")):
            url = self._address(node.attributes.get("href"))
            if url is None:
                continue
            words = max(
                (
                    _squeeze(node.text()),
                    *(_squeeze(node.attributes.get(name) or "") for name in ("title", "alt")),
                ),
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
    def objects(self) -> tuple[str, ...]:
        """The addresses of what plug-ins show inside this page."""
        return _once(self._address(node.attributes.get("data")) for node in self._tree.css("object[data]"))

    @cached_property
    def scripted(self) -> tuple[str, ...]:
        """The addresses that scripts hold as whole strings and that look like a path with an ending, in the
        page or in what happens at a click; most are none of anything that a reader gets to see."""
        held = [node.text() for node in self._tree.css("script:not([src])")]
        held += [node.attributes.get("onclick") or "" for node in self._tree.css("[onclick]")]
        hrefs = [node.attributes.get("href") or "" for node in self._tree.css("a[href]")]
        held += [unquote(href) for href in hrefs if href.lstrip().lower().startswith("javascript:")]
        found = (one for text in held for one in _SCRIPTED.findall(text))
        return _once(self._address(one.replace("\\/", "/")) for one in found)

    @cached_property
    def requisites(self) -> tuple[str, ...]:
        """The addresses of style sheets and images that the page needs to look as it did."""
        wanted: list[str | None] = []
        # First the images, of which a report may be made, and under the address that a script will give them.
        wanted += [self._address(source_of(node.attributes)) for node in self._tree.css("img")]
        # A small image leads to the large one, and some pages have the links alone.
        linked = [node.attributes.get("href") or "" for node in self._tree.css("a[href]")]
        wanted += [self._address(href) for href in linked if leads_to_picture(href)]
        for node in self._tree.css("link[href], img[src], input[type=image][src], [background]"):
            if node.tag == "link" and not _is_presentation(node):
                continue
            reference = next(
                (node.attributes[name] for name in ("href", "src", "background") if name in node.attributes),
                None,
            )
            wanted.append(self._address(reference))
        for node in self._tree.css("style, [style]"):
            style = node.text() if node.tag == "style" else node.attributes.get("style") or ""
            wanted += [self._address(found) for found in _style_references(style)]
        return _once(wanted)

    @cached_property
    def text(self) -> str:
        """The page's words without scripts and styles."""
        tree = LexborHTMLParser(self.html)
        tree.strip_tags(["script", "style", "noscript"])
        return _squeeze(tree.body.text(separator=" ")) if tree.body is not None else ""

    def address(self, reference: str, *, relative_to: str) -> str | None:
        """The address that a reference in another document means, as this page would ask for it."""
        return _absolute(relative_to, reference, self._charset)

    def _address(self, reference: str | None) -> str | None:
        return _absolute(self.base, reference, self._charset)


def style_requisites(url: str, payload: bytes) -> tuple[str, ...]:
    """The addresses that a style sheet needs: its imports and images."""
    return _once(_absolute(url, reference) for reference in _style_references(decode(payload).text))


def _style_references(style: str) -> Iterator[str]:
    for match in _STYLE_REFERENCE.finditer(_STYLE_COMMENT.sub("", style)):
        yield next(found for found in match.groups() if found is not None)


def _absolute(base: str, reference: str | None, charset: str = "utf-8") -> str | None:
    """The address that a reference means, as it is asked for: without its fragment, and escaped as Scrapy
    escapes it, so that it is also the address of the capture. `None` where it is no web address. `charset`
    is that of its query."""
    reference = (reference or "").strip()
    if not reference or reference.startswith("#"):
        return None
    try:
        url = safe_url_string(urldefrag(urljoin(base, reference)).url, charset)
        parts = urlsplit(url)
    except ValueError:  # an address that is none, such as http://[
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _is_presentation(node: LexborNode) -> bool:
    rel = (node.attributes.get("rel") or "").lower()
    return "stylesheet" in rel or "icon" in rel


def _once(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _squeeze(text: str) -> str:
    return _BLANKS.sub(" ", text.replace("\u3000", " ").replace("\xa0", " ")).strip()
