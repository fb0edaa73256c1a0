"""Block pages and pages that only look like them."""

from __future__ import annotations

import gzip

import pytest

from crawler.blocking import recognise
from storage.exchange import take_apart

NAV = "".join(f'<li><a href="/c{number}/">栏目{number}</a></li>' for number in range(12))
PARAGRAPH = "会议要求各单位加强安全防护，升级网站防火墙，对非法访问及时处置，做好值班。"


def reply(status: int, body: bytes, kind: str = "text/html", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def judged(octets: bytes) -> str | None:
    return recognise(take_apart(octets))


RUISHU = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><meta id="9DhefwqGPrzGxEp9hPaoag" content="abc">'
    '<script type="text/javascript" r="m">$_ts=window["$_ts"];if(!$_ts)$_ts={};$_ts.nsd=1;</script>'
    '<script src="/4QbVtADbnLVIc/d.FxJzG50F.js" r="m"></script></head><body></body></html>'
)
JIASULE = (
    "<script>document.cookie=('_')+('_')+('jsl_clearance_s=1.0|0|x;max-age=3600');"
    "document.cookie='__jsl_clearance=1|-1|x';location.href=location.pathname</script>"
)
YUNSUO = (
    "<html><head><title>网站防火墙</title></head><body><div>您的请求带有不合法参数，已被网站管理员设置拦截！</div>"
    '<a href="/">返回</a></body></html>'
)
BUSY = "<html><body><h1>访问过于频繁</h1><p>您的访问过于频繁，请稍后再试。</p></body></html>"
GEO = "<html><head><title>Error</title></head><body><p>Request blocked. <b>GeoBL</b></p></body></html>"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (412, RUISHU, "script-challenge"),
        (412, "", "script-challenge"),
        (202, RUISHU, "script-challenge"),
        (200, RUISHU, "script-challenge"),
        (521, JIASULE, "jsl-clearance"),
        (200, JIASULE, "jsl-clearance"),
        (493, "<html>493</html>", "refused"),
        (403, GEO, "geo-block"),
        (403, YUNSUO, "waf-page"),
        (200, YUNSUO, "waf-page"),
        (429, BUSY, "waf-page"),
        (503, "<html><title>Web Application Firewall</title><body>blocked</body></html>", "waf-page"),
    ],
)
def test_challenges_are_recognised(status: int, body: str, kind: str) -> None:
    assert judged(reply(status, body.encode())) == kind


def test_in_the_encodings_that_they_come_in() -> None:
    assert judged(reply(200, YUNSUO.encode("gb18030"))) == "waf-page"
    packed = gzip.compress(RUISHU.encode())
    assert judged(reply(202, packed, more="Content-Encoding: gzip\r\n")) == "script-challenge"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, f"<html><ul>{NAV}</ul><h1>网络安全通报</h1>{f'<p>{PARAGRAPH}</p>' * 40}</html>"),
        (200, f"<html><ul>{NAV}</ul><h1>我局升级网站防火墙</h1><p>{PARAGRAPH}</p></html>"),
        (200, f"<html><h1>提示</h1>{f'<p>{PARAGRAPH}</p>' * 20}</html>"),
        (403, "<html><head><title>403 Forbidden</title></head><body>nginx</body></html>"),
        (404, YUNSUO),
        (404, "<html><body>您访问的页面不存在</body></html>"),
        (405, "<html><body>返回方法不允许</body></html>"),
        (500, "<html><body>Internal Server Error</body></html>"),
        (200, ""),
        (200, "<html><head><title>政府信息公开年报</title></head><body></body></html>"),
        (301, YUNSUO),
    ],
)
def test_ordinary_pages_are_not(status: int, body: str) -> None:
    assert judged(reply(status, body.encode())) is None


def test_files_and_nonsense_are_not() -> None:
    assert judged(reply(200, b"%PDF-1.7 GeoBL $_ts", "application/pdf")) is None
    assert judged(reply(200, RUISHU.encode(), "image/png")) is None
    assert judged(reply(202, b"not gzip", more="Content-Encoding: gzip\r\n")) is None
    assert judged(b"220 mail ready\r\n") is None
    assert judged(b"") is None
