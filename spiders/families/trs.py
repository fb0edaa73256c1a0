"""TRS WCM: listings are static files, and only a script knows how many there are.

`createPageHTML(countPage, nPageIndex, "index", "html")` stands in the page: page 1 is `index.html`, page 2 is
`index_1.html`. Details are `…/YYYYMM/tYYYYMMDD_<id>.html`, attachments `P0….pdf` and `W0….docx` beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from spiders.families import generic
from spiders.page import Page

_CREATE_PAGE = re.compile(
    r"""createPageHTML\s*\(\s*["']?(\d{1,9})["']?\s*,\s*["']?(\d{1,9})["']?\s*,"""
    r"""\s*["']([\w-]+)["']\s*,\s*["'](\w+)["']""",
    re.I,
)
_MOST_PAGES = 500


def more_pages(page: Page) -> Iterator[tuple[str, str]]:
    """Address and reason of each further page of a listing."""
    match = _CREATE_PAGE.search(page.html)
    if match is None:
        yield from generic.more_pages(page)
        return
    count, index = min(int(match.group(1)), _MOST_PAGES), int(match.group(2))
    name, ending = match.group(3), match.group(4)
    for number in range(1, count):
        if number != index:
            url = urljoin(page.url, f"{name}_{number}.{ending}")
            yield url, f"page {number + 1} of {count} by createPageHTML"
