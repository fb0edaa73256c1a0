"""Images of a page that may show the report itself: which they are, and what they come to as one document.

Agencies scan the sheets of a report and put them below one another into the article. What such an image
shows cannot be told from the page; only what is certainly none is left out: furniture by where it stands,
what it is called and what size the page gives it, and banners by their shape once their octets are there.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from parser.document import Document, Locator
from parser.readers.placing import placed

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

SOURCES = (
    *("data-original", "data-src", "data-lazy-src", "data-lazyload", "data-lazy", "data-echo", "data-url"),
    *("original", "lazy-src", "_src", "oldsrc", "src"),
)
"""Attributes that name an image, the one a script will put into `src` first."""

MOST_IMAGES = 60
"""Images of one page that are taken for pages of its report."""

EMBEDDED = "data:"
"""How an image that stands in the page itself is named: `data:3` is that of the third `<img>`."""

_EMBEDDED = re.compile(r"\s*data:image/[\w.+-]+;base64,", re.IGNORECASE)
_LEAST_EMBEDDED = 8_000
"""Characters of an embedded image below which it is an icon and no sheet."""

_FURNITURE = re.compile(
    r"head(?:er)?|foot(?:er)?|nav|menu|logo|banner|sidebar|aside|share|crumb|copyright|qr|ewm|erweima|weixin|"
    r"wechat|friend|related|recommend|float|print|toolbar|dqwz",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"logo|icon|banner|qr_?code|ewm|erweima|erm\d|weixin|wechat|weibo|wx\d*\.|share|arrow|btn|button|blank|"
    r"spacer|loading|jiucuo|beian|gongan|conac|dzjg|sitecode|\bbg[_.\d]|line\.|dot\.|close\.|print",
    re.IGNORECASE,
)
_SAID = re.compile(r"二维码|微信|微博|标志|标识|图标|徽标|打印|分享|扫一扫|纠错|备案|关闭|返回|横幅")
_CONTENT = re.compile(
    r"trs_editor|trs_uedit|ucap|content|article|zoom|editor|detail|main_?text|v_news|wp_article|xxgk|pages_",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|bmp|tiff?|webp)$", re.IGNORECASE)
_DOTS = re.compile(r"\s*(\d{1,9})(?:\.\d+)?\s*(?:px)?\s*$")
_WIDTH = re.compile(r"(?:^|;)\s*width\s*:\s*(\d{1,9})(?:\.\d+)?px", re.IGNORECASE)
_NARROWEST = 200
"""Width in dots below which no sheet can be read on the page."""


def source_of(attributes: Mapping[str, str | None]) -> str:
    """What an `<img>` will show, as written: empty where it names nothing that can be fetched."""
    written = ((attributes.get(name) or "").strip() for name in SOURCES)
    return next((one for one in written if one and not one.lower().startswith("data:")), "")


def candidates(tree: Element, hidden: frozenset[Element]) -> tuple[str, ...]:
    """Images of a page that may be pages of a report, in order, each once, relative to the page's address.

    Where some stand in an element that is called the article, only those count. One that leads to a picture
    stands for that, and where none is shown, the pictures that the page links to count. One that is embedded
    in the page is named by its number (`EMBEDDED`).
    """
    base = next((one.get("href") or "" for one in tree.iter("base") if one.get("href")), "")
    shown = _shown(tree, hidden)
    found = shown or _linked(tree, hidden)
    inside = [source for source, in_article in found if in_article]
    chosen = inside or [source for source, _ in found]
    whole = (urljoin(base, one) if base and not one.startswith(EMBEDDED) else one for one in chosen)
    return tuple(dict.fromkeys(whole))[:MOST_IMAGES]


def leads_to_picture(href: str) -> bool:
    """Whether a link leads to an image file."""
    return _PICTURE.search(href.strip().partition("?")[0]) is not None


def _shown(tree: Element, hidden: frozenset[Element]) -> list[tuple[str, bool]]:
    """What images show, each with whether it stands in the article."""
    found = []
    for number, image in enumerate(tree.iter("img"), 1):
        source = source_of(image.attrib) or (f"{EMBEDDED}{number}" if _embedded(image) else "")
        larger = next((one.get("href") or "" for one in image.iterancestors("a")), "")
        small = _is_small(image)
        if leads_to_picture(larger):
            source, small = larger.strip(), False
        if not source or image in hidden or small or _is_named_otherwise(image, source):
            continue
        in_article = _stands_in_article(image, hidden)
        if in_article is not None:
            found.append((source, in_article))
    return found


def _linked(tree: Element, hidden: frozenset[Element]) -> list[tuple[str, bool]]:
    """The pictures that links lead to, each with whether it stands in the article."""
    found = []
    for link in tree.iter("a"):
        source = (link.get("href") or "").strip()
        if leads_to_picture(source) and link not in hidden and not _NAMED.search(source.rpartition("/")[2]):
            in_article = _stands_in_article(link, hidden)
            if in_article is not None:
                found.append((source, in_article))
    return found


def embedded(tree: Element, name: str) -> bytes | None:
    """The octets of an image that stands in the page, by its name; `None` where they are none."""
    number = name.removeprefix(EMBEDDED)
    images = enumerate(tree.iter("img"), 1)
    image = next((image for place, image in images if str(place) == number), None)
    written = _embedded(image) if image is not None else ""
    try:
        return binascii.a2b_base64(written.partition(",")[2]) if written else None
    except (binascii.Error, ValueError):
        return None


def _embedded(image: Element) -> str:
    """The address of an image that holds its octets, where these can be a sheet."""
    written = ((image.get(name) or "") for name in SOURCES)
    return next((one for one in written if len(one) >= _LEAST_EMBEDDED and _EMBEDDED.match(one)), "")


def read_in_order(files: Sequence[tuple[str, bytes]]) -> Document:
    """One document of image files given as (name, octets): its pages in this order.

    Each place in it names the file (`Locator.member`), and the page in that file. Raises `Unreadable` like
    `parser.readers.image`; an image that is no page is left out, with a note where it is damaged.
    """
    from parser.readers import image  # noqa: PLC0415 - only where images are read

    document, origins = image.read_all(files)

    def origin(place: Locator) -> Locator:
        if place.page is None:
            return place
        name, page = origins[place.page - 1]
        return replace(place, member=name, page=page)

    return replace(document, blocks=tuple(placed(block, origin) for block in document.blocks))


def in_one_folder(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Of the paths of image files, those that are numbered pages: two or more in one folder whose names
    differ in one number only, in its order."""
    runs: dict[tuple[str, ...], dict[int, str]] = {}
    for name in names:
        folder, _, file = name.rpartition("/")
        parts = re.split(r"(\d{1,99})", file)
        for place in range(1, len(parts), 2):
            frame = (folder, *parts[:place], "#", *parts[place + 1 :])
            runs.setdefault(tuple(part.lower() for part in frame), {}).setdefault(int(parts[place]), name)
    taken: set[str] = set()
    found: list[tuple[str, ...]] = []
    for run in sorted(runs.values(), key=len, reverse=True):
        pages = tuple(run[number] for number in sorted(run) if run[number] not in taken)
        if len(pages) > 1:
            taken.update(pages)
            found.append(pages)
    return tuple(found)


def _is_small(image: Element) -> bool:
    width = _DOTS.match(image.get("width") or "")
    styled = _WIDTH.search(image.get("style") or "")
    return any(found is not None and int(found[1]) < _NARROWEST for found in (width, styled))


def _is_named_otherwise(image: Element, source: str) -> bool:
    file = source.partition("?")[0].rpartition("/")[2]
    words = f"{image.get('alt') or ''} {image.get('title') or ''}"
    return _NAMED.search(file) is not None or _SAID.search(words) is not None


def _stands_in_article(image: Element, hidden: frozenset[Element]) -> bool | None:
    """Whether it stands in the article; `None` where it is furniture, out of sight, or leads elsewhere."""
    in_article = False
    for element in image.iterancestors():
        tag = element.tag
        if tag in ("header", "footer", "nav", "aside", "noscript", "template") or element in hidden:
            return None
        if tag == "a" and (href := element.get("href")) and not leads_to_picture(href):
            return None
        called = f"{element.get('class') or ''} {element.get('id') or ''} {tag if tag == 'article' else ''}"
        if _CONTENT.search(called):
            in_article = True
        elif tag not in ("body", "html") and not in_article and _FURNITURE.search(called):
            return None
    return in_article
