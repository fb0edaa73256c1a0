"""Which hosts are of one house: those under the domain that an office registered."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache


def registered(host: str) -> str | None:
    """The domain that somebody registered, under which a host stands: `wuzhong.gov.cn` of
    `file.wuzhong.gov.cn`; `None` of addresses in numbers and of what is no more than a public suffix
    (publicsuffix.org: `cn`, `gov.cn`, `nx.cn`)."""
    return _of()(host.lower().rstrip(".")) or None


@cache
def _of() -> Callable[[str], str]:
    # Loaded when a host is asked about: it takes as long as a whole command.
    from tldextract import TLDExtract  # noqa: PLC0415

    # The list that came with the library: nothing is fetched, and no file written.
    extract = TLDExtract(suffix_list_urls=(), cache_dir=None)
    return lambda host: extract(host).top_domain_under_public_suffix
