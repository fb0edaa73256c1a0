"""Which hosts are of one office."""

from __future__ import annotations

import socket

import pytest

from spiders.neighbours import registered


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.wuzhong.gov.cn", "wuzhong.gov.cn"),
        ("file.wuzhong.gov.cn", "wuzhong.gov.cn"),
        ("GAJ.Shizuishan.gov.cn.", "shizuishan.gov.cn"),
        ("a.yinchuan.nx.cn", "yinchuan.nx.cn"),
        ("gov.cn", None),
        ("nx.cn", None),
        ("localhost", None),
        ("10.0.0.1", None),
        ("[::1]", None),
        ("", None),
    ],
)
def test_the_domain_that_an_office_registered(host: str, domain: str | None) -> None:
    assert registered(host) == domain


def test_no_list_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def connects(*_: object) -> None:
        raise AssertionError("a list of domains was asked for")

    monkeypatch.setattr(socket.socket, "connect", connects)
    assert registered("xxgk.beijing.gov.cn") == "beijing.gov.cn"
