"""Bytes to text without believing declarations."""

import pytest

from parser.readers.charset import decode

WORDS = "政府信息公开工作年度报告，㙍镕囧"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    assert decode(f"<p>{WORDS} 2023</p>".encode(encoding)).text == f"<p>{WORDS} 2023</p>"


def test_damaged_bytes_cost_single_characters_only() -> None:
    payload = WORDS.encode("gb18030")[:-1] + b"\xff" + WORDS.encode("gb18030") * 3
    decoded = decode(payload)
    assert decoded.encoding == "gb18030"
    assert WORDS in decoded.text
    assert decoded.replaced < 4


def test_ascii_is_utf_8() -> None:
    assert decode(b"abc") == ("abc", "utf-8", 0)
