"""Lookup keys of URLs."""

from __future__ import annotations

import pytest

from storage.surt import surt


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://Gaj.Shizuishan.gov.cn:80/Zwgk/?a=1#x", "cn,gov,shizuishan,gaj)/Zwgk/?a=1"),
        ("https://a.cn", "cn,a)/"),
        ("https://a.cn/", "cn,a)/"),
        ("https://a.cn:443/x", "cn,a)/x"),
        ("http://a.cn:443/x", "cn,a:443)/x"),
        ("https://a.cn/X/../Y//z", "cn,a)/X/../Y//z"),
        ("https://a.cn/?B=2&a=1", "cn,a)/?B=2&a=1"),
        ("https://user:pass@a.cn/", "cn,a)/"),
        ("https://a.cn./", "cn,a)/"),
        ("https://例子.中国/年报", "中国,例子)/年报"),
        ("http://10.1.2.3:8080/a", "10.1.2.3:8080)/a"),
        ("http://[2001:db8::1]/a", "2001:db8::1)/a"),
        ("https://a.cn:port/x", "cn,a)/x"),
        ("https://a.cn:99999/x", "cn,a)/x"),
        ("http://[oops/x", "http://[oops/x"),
        ("", ")/"),
    ],
)
def test_surt(url: str, key: str) -> None:
    assert surt(url) == key


def test_http_and_https_meet_but_case_of_the_path_does_not() -> None:
    assert surt("http://a.cn/Zwgk/") == surt("https://A.CN/Zwgk/")
    assert surt("http://a.cn/Zwgk/") != surt("http://a.cn/zwgk/")


def test_a_long_query_is_kept_whole() -> None:
    query = "q=" + "%E5%B9%B4" * 900
    assert surt(f"https://a.cn/s?{query}") == f"cn,a)/s?{query}"
