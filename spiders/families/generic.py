"""Sites whose CMS is not known: a listing goes on where a link says «next page» or is a page's number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spiders.page import Link, Page

_NEXT = re.compile(r"^(?:下一?页|下页|后页|next|尾页|末页|>|»|\d{1,3})$", re.I)


def more_pages(page: Page) -> Iterator[tuple[str, str]]:
    """Address and reason of each further page that the listing itself links to."""
    for link in page.links:
        if _NEXT.match(link.text) and _beside(page, link):
            yield link.url, f"«{link.text}» of the listing"


def _beside(page: Page, link: Link) -> bool:
    return link.url.rpartition("/")[0] == page.url.partition("?")[0].rpartition("/")[0]
