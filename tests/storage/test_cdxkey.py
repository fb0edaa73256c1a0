"""The key of replay tools: what it folds away, and what it must not."""

from __future__ import annotations

import pytest

from storage.cdxkey import cdx_key

SESSION = "0123456789abcdef0123456789ABCDEF"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://a.cn", "cn,a)/"),
        ("https://www.wuzhong.gov.cn/", "cn,gov,wuzhong)/"),
        ("https://WWW2.Example.cn:443/Zwgk/NB/?", "cn,example)/zwgk/nb"),
        ("http://wwww.a.cn/", "cn,a,wwww)/"),
        ("http://www.cn/x", "cn)/x"),
        ("http://a.cn:443/x#top", "cn,a:443)/x"),
        ("http://user:secret@a.cn/", "cn,a)/"),
        ("http://a..b.cn./x", "cn,b,a)/x"),
        ("http://年报.cn/年?q=年", "cn,xn--hwt46g)/%e5%b9%b4?q=%e5%b9%b4"),
        ("http://192.168.1.1:8080/A", "1,1,168,192:8080)/a"),
        ("http://3232235777/x", "1,1,168,192)/x"),
        ("http://[::1]:81/x", "::1:81)/x"),
        ("http://a.cn//b///c/./d/../e", "cn,a)/b/c/e"),
        ("http://a.cn/..", "cn,a)/.."),
        ("http://a.cn/a%2520b%25", "cn,a)/a%20b%25"),
        ("http://a.cn/x%3Fy%23z", "cn,a)/x?y%23z"),
        ("http://a.cn/x\ty\r\n", "cn,a)/xy"),
        ("http://a.cn/x?b=2&a&&A=1", "cn,a)/x?&a&a=1&b=2"),
        (f"http://a.cn/x?PHPSESSID={SESSION}&z=1", "cn,a)/x?z=1"),
        (f"http://a.cn/x?a=1&jsessionid={SESSION}", "cn,a)/x?&a=1"),
        ("http://a.cn/x?CFID=12&CFTOKEN=34&z=1", "cn,a)/x?z=1"),
        ("http://a.cn/(S(0123456789abcdef01234567))/y.aspx", "cn,a)/y.aspx"),
        ("http://[a.cn/x", "http://[a.cn/x"),
        ("http://a.cn:port/x", "http://a.cn:port/x"),
        ("dns:a.cn", "dns:a.cn"),
    ],
)
def test_the_key_is_that_of_replay_tools(url: str, key: str) -> None:
    assert cdx_key(url) == key
