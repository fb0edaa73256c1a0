"""The contact block that every report prints in its opening or its closing words."""

from __future__ import annotations

import re
import unicodedata

_FULL_WIDTH = {
    chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；（）！？"
}
_WIDE = re.compile(f"[{re.escape(''.join(_FULL_WIDTH))}]")
_STOP = (
    r"(?=\s*(?:[；;，,。、]?\s*(?:邮\s*政?\s*编\s*码?|联系电话|咨询电话|电\s*话|传\s*真|电子邮|"
    r"邮\s*箱|E-?mail|网\s*址|联系人)|[；;。，,\n]|$))"
)
_ADDRESS = re.compile(
    r"(?:通讯地址|通信地址|联系地址|办公地址|邮寄地址|单位地址|地\s*址)"
    r"\s*(?:[:：]|是[:：]?|为[:：]?|在)\s*(?P<value>[^；;。\n]{4,80}?)" + _STOP,
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"(?:邮\s*政\s*编\s*码|邮\s*编)\s*(?:是|为)?\s*[:：]?\s*(?P<value>\d{6})(?!\d)")
_NUMBER = (
    r"(?P<value>(?:\+?86[-\s])?[(（]?\d{3,4}[)）]?\s*[-—－–]{0,2}\s*\d{7,8}(?:\s*[-转]\s*\d{1,5})?"
    r"|\d{7,11}|\d{3,4}-\d{3,4}-\d{3,4})"
)
_TELEPHONE = re.compile(
    r"(?:联系电话|咨询电话|办公电话|电\s*话|联系方式)(?:\s*[及和/、（(]?\s*传\s*真[）)]?)?\s*(?:是|为)?\s*[:：]?\s*"
    + _NUMBER
)
_FAX = re.compile(r"传\s*真\s*(?:号码|电话)?\s*(?:是|为)?\s*[:：]?\s*" + _NUMBER)
_EMAIL = re.compile(
    r"(?:电子邮箱|电子邮件|电子信箱|邮\s*箱|E-?mail)(?:地址)?\s*(?:是|为)?\s*[:：]?\s*"
    r"(?P<value>[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,})",
    re.IGNORECASE,
)
_PATTERNS = (
    ("address", _ADDRESS),
    ("postcode", _POSTCODE),
    ("telephone", _TELEPHONE),
    ("fax", _FAX),
    ("email", _EMAIL),
)


def find_contact(text: str) -> dict[str, str]:
    """Any of `address`, `postcode`, `telephone`, `fax`, `email`: the first of each in the text."""
    plain = _WIDE.sub(lambda wide: _FULL_WIDTH[wide[0]], text).replace("\xa0", " ")
    found: dict[str, str] = {}
    for name, pattern in _PATTERNS:
        match = pattern.search(plain)
        if match:
            found[name] = _tidy(name, match["value"])
    return found


def _tidy(name: str, value: str) -> str:
    value = unicodedata.normalize("NFC", value).strip()
    if name == "address":
        value = re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", value)
        return _balanced(value.rstrip("，,、 "))
    if name in {"telephone", "fax"}:
        return re.sub(r"[—－–]+", "-", re.sub(r"\s+", "", value))
    return value


def _balanced(value: str) -> str:
    """Without the closing bracket of the sentence around it."""
    while value.endswith(("）", ")")) and value.count("（") + value.count("(") < value.count(
        "）"
    ) + value.count(")"):
        value = value[:-1]
    return value
