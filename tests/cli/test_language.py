"""The catalogue is complete: both languages, the same fields, every key that the code speaks of."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import cli
import parser
from cli.commands import MODULES
from cli.language import Words, catalogue
from errors import NianbaoError

SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in Path(cli.__file__).parent.glob("*.py"))


def _fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_sentence_is_in_both_languages_with_the_same_fields() -> None:
    for key, pair in catalogue().items():
        assert set(pair) == {"en", "zh"}, key
        assert all(pair.values()), key
        assert _fields(pair["en"]) == _fields(pair["zh"]), key
        assert pair["en"].isascii(), f"{key} is not English"


def test_every_error_is_in_both_languages_with_the_same_fields() -> None:
    kinds = [NianbaoError]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        assert _fields(kind.en) == _fields(kind.zh), kind


def test_every_key_that_the_code_uses_is_there() -> None:
    used = set(re.findall(r'words\("([a-z_]+\.[a-z_]+)"', SOURCES))
    used |= set(re.findall(r'help="([a-z_]+\.[a-z_]+)"', SOURCES))
    used |= {f"{name}.help" for name in MODULES}
    for listed in re.findall(r"words\.heads\(([^)]*)\)", SOURCES):
        used |= {f"head.{name}" for name in re.findall(r'"([a-z_0-9]+)"', listed)}
    assert len(used) > 80
    assert used <= set(catalogue())


def test_values_of_the_data_have_words() -> None:
    words = Words("zh")
    for state in parser.State:
        assert words.term("state", str(state)) != str(state)
    assert words.term("presence", "published") == "在线"
    assert words.term("presence", "something new") == "something new"
    assert words.term("presence", None) == ""
