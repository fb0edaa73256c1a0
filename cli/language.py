"""What the command line says, in English and Chinese.

All sentences stand in `messages.toml`, one table a key with `en` and `zh`. Help texts of commands are keys of
the same catalogue, so that one build of the program speaks either language.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from config import Language

MESSAGES = Path(__file__).parent / "messages.toml"


class Words:
    """The catalogue in one language: `words("reports.none", home=…)`."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._sentences = {key: pair[language] for key, pair in catalogue().items()}

    def __call__(self, key: str, **fields: object) -> str:
        return self._sentences[key].format(**fields)

    def term(self, group: str, value: str | None) -> str:
        """A value of the data as people say it; the value itself where the catalogue has no word for it."""
        return self._sentences.get(f"term.{group}.{value}", value or "")

    def heads(self, *names: str) -> list[str]:
        """Table headers."""
        return [self(f"head.{name}") for name in names]


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every key with its sentence in each language."""
    return _flatten(tomllib.loads(MESSAGES.read_text(encoding="utf-8")))


def _flatten(table: dict[str, Any], prefix: str = "") -> dict[str, dict[str, str]]:
    sentences: dict[str, dict[str, str]] = {}
    for name, value in table.items():
        if isinstance(value.get("en"), str):
            sentences[prefix + name] = value
        else:
            sentences |= _flatten(value, f"{prefix}{name}.")
    return sentences
