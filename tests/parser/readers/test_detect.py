"""File formats by content."""

import io
import zipfile

import pytest

from parser.readers import detect


def _zip(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\xef\xbb\xbf  junk before %PDF-1.4", "pdf"),
        (_zip("word/document.xml"), "docx"),
        (_zip("content.xml"), "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "ole"),
        (b"\xff\xd8\xff\xe0rest", "image"),
        (b"{\\rtf1", "rtf"),
        ("<p>一</p><p>二</p>".encode("gb18030"), "html"),
        ("<!DOCTYPE html><html>".encode("utf-16"), "html"),
        ("一、总体情况\n收入<支出".encode(), "text"),
        (b"plain words", "text"),
    ],
)
def test_content_tells_the_format(payload: bytes, kind: str) -> None:
    assert detect(payload) == kind
