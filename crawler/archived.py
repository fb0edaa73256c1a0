"""A reply of the archive as Scrapy knows replies, for whoever stands in for the network."""

from __future__ import annotations

from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from storage.exchange import Reply


def as_response(url: str, reply: Reply) -> Response:
    """The reply as it would have come from the network: its content coding is still on."""
    headers = Headers()
    for name, value in reply.headers:
        headers.appendlist(name, value)
    # As from the network: a body that went to a file is in the archive only.
    body = reply.payload if isinstance(reply.payload, bytes) else b""
    kind = responsetypes.from_args(headers=headers, url=url, body=body)
    return kind(url=url, status=reply.status or 200, headers=headers, body=body)
