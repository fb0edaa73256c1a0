"""The signature block under a statistics table: who answers for the numbers, who filled them in, and when.

The wrapper of the national table of 2014 prints it below the last row: 单位负责人, 审核人, 填报人, 联系电话,
填报日期, and above the first 填报单位.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import zip_longest

from parser.dates import arabic, day_in_tag

_LABELS = {
    "reporting_unit": r"填报单位(?:[（(]盖章[)）])?|填报机关",
    "head": r"单位负责人|负责人|签发人",
    "reviewer": r"审核人|审\s*核",
    "filled_by": r"填报人|填表人|经办人",
    "telephone": r"联系电话|电\s*话",
    "filled_on": r"填报日期|填表日期|填报时间|报出日期",
}
_ANY = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items()))
_COLON = re.compile(r"\s*[：:]\s*")
_NAMING = frozenset({"head", "reviewer", "filled_by", "filled_on"})
_LONGEST = 40
_FEWEST = 2


def find_signature(lines: Iterable[str]) -> dict[str, str]:
    """The block's entries under `reporting_unit`, `head`, `reviewer`, `filled_by`, `telephone`, `filled_on`
    (an ISO day); empty where fewer than two of the naming entries are printed: one label alone is prose."""
    found: dict[str, str] = {}
    for line in lines:
        labels = [label for label in _ANY.finditer(line) if _COLON.match(line, label.end())]
        if not labels or line[: labels[0].start()].strip(" \t\u3000|"):
            continue  # in running text the words are part of a sentence
        for label, following in zip_longest(labels, labels[1:]):
            colon = _COLON.match(line, label.end())
            end = following.start() if following else len(line)
            value = line[colon.end() if colon else end : end].strip(" \t\u3000，,；;。|")
            name = label.lastgroup or ""
            if value and len(value) <= _LONGEST:
                found.setdefault(name, day_in_tag(arabic(value)) or value if name == "filled_on" else value)
    return found if len(_NAMING & found.keys()) >= _FEWEST else {}
