"""Words that a format's grammar knows, and numbers that programs choke on."""

from __future__ import annotations

NUMBERS = (
    b"", b"0", b"-1", b"1", b"2", b"255", b"32767", b"32768", b"65535", b"65536", b"1000000", b"16777216",
    b"2147483647", b"2147483648", b"-2147483648", b"4294967295", b"999999999999", b"18446744073709551616",
    b"1e308", b"-1e308", b"1e-300", b"NaN", b"inf", b"0x7fffffff", b"9" * 400, b"9" * 5000,
    b"0." + b"3" * 300, "７".encode(), "〇".encode(), "½".encode(), "٣".encode(),
)  # fmt: skip
"""Written numbers: limits of machine words, absurd ones, digits of other scripts."""

BINARY = (
    b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80",
    b"\xff\xff", b"\x00\x80", b"\xff\x7f", b"\x01\x00", b"\x00", b"\xff", b"\x7f", b"\x80",
)  # fmt: skip
"""Limits of machine words as they are packed, and the marks of a FAT."""

_XML = (
    b"<", b">", b"</", b"/>", b'"', b"&", b"&#x110000;", b"&#0;", b"&lt;", b"&a;", b"<![CDATA[", b"]]>",
    b"<!--",
    b"<?xml version='1.0' encoding='utf-16'?>", b"<?x ?>", b' xmlns=""', b' xml:space="preserve"',
    b'<!DOCTYPE a [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;&a;">]>',
    b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///dev/zero">]>', b"\xef\xbb\xbf", b"\xff\xfe", b"\x00",
)  # fmt: skip
_ODF = (
    b'<table:table-cell table:number-columns-repeated="16384"/>', b'table:number-rows-repeated="1048576"',
    b'table:number-columns-spanned="999999999"', b'table:number-rows-spanned="999999999"',
    b"<table:table><table:table-row><table:table-cell>", b"<table:covered-table-cell/>",
    b'<text:s text:c="999999999"/>', b'<text:list><text:list-item>', b"<text:tab/>", b"<text:line-break/>",
    b'office:value-type="float" office:value="1e999"', b"<draw:frame><draw:text-box>",
    b"<text:tracked-changes><text:changed-region>", b'<text:change text:change-id="x"/>',
)  # fmt: skip
_OOXML = (
    b'<w:gridSpan w:val="999999999"/>', b'<w:vMerge/>', b'<w:vMerge w:val="restart"/>',
    b"<w:tbl><w:tr><w:tc>",
    b"<w:ins><w:r><w:t>7</w:t></w:r></w:ins>", b"<w:del><w:r><w:delText>8</w:delText></w:r></w:del>",
    b"<w:sdt><w:sdtContent>", b'<w:numPr><w:ilvl w:val="99"/><w:numId w:val="-1"/></w:numPr>',
    b'<w:gridBefore w:val="100000"/>', b"<mc:AlternateContent><mc:Fallback>", b"<w:txbxContent>",
    b'<w:hMerge w:val="continue"/>', b"<w:tab/>", b"<w:br/>", b'w:fldCharType="begin"',
)  # fmt: skip
_SHEET = (
    b'r="XFD1048576"', b'r="A0"', b'r="ZZZZZZ99999999999"', b'<mergeCell ref="A1:XFD1048576"/>', b't="s"',
    b't="b"', b't="e"', b't="inlineStr"', b"<v>99999999</v>", b"<v>-1</v>", b"<v>1e999</v>", b"<v>NaN</v>",
    b's="99999"', b"<row r='-1'>", b"<c/>" * 300, b"<is><t>7</t></is>", b'formatCode="[$-804]yyyy"',
    b'formatCode="%s"' % (b"0" * 999), b"<f>A1</f>",
)  # fmt: skip
_OFD = (
    b'Boundary="0 0 0 0"', b'Boundary="1e30 1e30 1e30 1e30"', b'DeltaX="g 999999999 1"', b'DeltaX="g 0 0"',
    b'DeltaY="g 9 nan"', b'CTM="0 0 0 0 0 0"', b'CTM="1e30 0 0 1e30 0 0"', b'Size="-1"', b'HScale="1e9"',
    b'ReadDirection="90"', b'CharDirection="270"', b"<ofd:PageBlock>", b"<ofd:CGTransform CodePosition='0'>",
    b"M 0 0 L 1e30 1e30", b"B 0 0 0 0 0 0", b"A 0 0 0 0 0 0 0", b"<ofd:PhysicalBox>0 0 0 0</ofd:PhysicalBox>",
)  # fmt: skip
_HTML = (
    b"<table>", b"</table>", b"<tr>", b"<td>", b"</td>", b'colspan="999999999"', b'rowspan="999999999"',
    b'colspan="-1"', b'rowspan="0"', b'colspan="5px"', b"<table><tr><td>" * 40, b"<div>" * 400, b"<style>",
    b"<script>", b"<noscript>", b"<!--", b"<![endif]-->", b"<iframe srcdoc='<table>'>", b"<svg><table>",
    b"<template>", b"<select><option>", b'style="display:none"', b"<meta charset=utf-16>", b"&#1114112;",
    b"<meta name=PubDate content=0000-99-99>", b"\x00", "　".encode(), "一、".encode(), "〇".encode(),
)  # fmt: skip
_RTF = (
    b"{", b"}", b"{{{{{{{{", b"\\par", b"\\row", b"\\cell", b"\\trowd", b"\\nestcell", b"\\itap99999",
    b"\\bin999999999 ", b"\\bin-1 ", b"\\uc99999 ", b"\\u-99999?", b"\\u55357?", b"\\'8", b"\\'ff",
    b"\\clmgf",
    b"\\clmrg", b"\\clvmrg", b"\\cellx-2147483648", b"\\cellx99999999999", b"\\ansicpg99999",
    b"\\fcharset255",
    b"\\*\\nesttableprops", b"{\\pict ", b"{\\object{\\*\\objdata ", b"{\\field{\\*\\fldinst ", b"\\page",
    b"\\sect", b"\\pntext", b"{\\listtext ",
)  # fmt: skip
_PDF = (
    b" 0 R", b"1 0 R", b"<<", b">>", b"[", b"]", b"obj", b"endobj", b"stream\n", b"endstream",
    b"/Kids [2 0 R]",
    b"/Parent 3 0 R", b"/Count 999999999", b"/Rotate 91", b"/Rotate -90", b"/MediaBox [0 0 0 0]",
    b"/MediaBox [0 0 1e9 1e9]", b"/MediaBox [9 9 -9 -9]", b"/Length 999999999", b"/UserUnit 1000000",
    b"1e9 0 0 1e9 0 0 cm", b"0 0 0 0 0 0 cm", b"q " * 300, b"BT", b"ET", b"Tj", b"0 0 m 1e9 1e9 l S",
    b"0 0 1e9 1e9 re f", b"/X1 Do", b"99999 Tf", b"/Encrypt 9 0 R", b"xref", b"startxref", b"%%EOF", b"3 Tr",
)  # fmt: skip
_TEXT = (
    b"|", b"|---|", b"\t", b"\n\n", b"   ", "│".encode(), "┼".encode(), b"+---+", b"\x00", b"\xff\xfe",
    b"\x0c",
    "　".encode(), "一、".encode(), "（一）".encode(), "总计".encode(), "自然人".encode(), "2023年".encode(),
    b"| " * 900, b"<br>",
)  # fmt: skip
_ZIP = (
    b"PK\x01\x02",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x06\x06",
    b"PK\x07\x08",
    b"\x01\x00",
    b"\xff\xff\xff\xff",
)

TOKENS: dict[str, tuple[bytes, ...]] = {
    "html": _HTML,
    "text": _TEXT,
    "pdf": _PDF,
    "docx": (*_XML, *_OOXML),
    "odt": (*_XML, *_ODF),
    "ods": (*_XML, *_ODF),
    "xlsx": (*_XML, *_SHEET),
    "ofd": (*_XML, *_OFD),
    "rtf": _RTF,
    "zip": (*_ZIP, *_TEXT, *_HTML),
    "7z": (*_TEXT, *_HTML),
    "rar": (*_TEXT, *_HTML),
}
"""By format; the binary ones have `BINARY` alone."""
