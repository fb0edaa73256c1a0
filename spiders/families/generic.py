"""Sites whose CMS is not known: a listing goes on where a link says «next page» or is a page's number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from spiders.page import Link, Page

_NEXT = re.compile(r"^[\[<〈]*(?:下一?页|下页|后页|后一页|next|尾页|末页)[\]>》〉]*$|^(?:>|»|›){1,2}$", re.I)
_NUMBER = re.compile(r"^\[?第?\d{1,3}页?\]?$")


def more_pages(page: Page) -> Iterator[tuple[str, str]]:
    """Address and reason of each further page that the listing itself links to."""
    for link in page.links:
        numbered = _NUMBER.match(link.text) and _beside(page, link)
        if link.url != page.url and (numbered or (_NEXT.match(link.text) and _same_host(page, link))):
            yield link.url, f"«{link.text}» of the listing"


def _beside(page: Page, link: Link) -> bool:
    """Whether the link stays in the listing's folder, or in one that is named after its file (`nb/2.htm`)."""
    here = urlsplit(page.url).path
    folder, _, file = here.rpartition("/")
    there = urlsplit(link.url).path.rpartition("/")[0]
    return _same_host(page, link) and there in (folder, f"{folder}/{file.rpartition('.')[0]}")


def _same_host(page: Page, link: Link) -> bool:
    return urlsplit(page.url).hostname == urlsplit(link.url).hostname
