"""The three days of the replica, as data: what the second day changes, and that the third changes nothing.

| day | what a visitor finds |
|---|---|
| 1 | the two sites as they are |
| 2 | one report silently edited (two numbers), one new, one gone (404), one behind a challenge page (412) |
| 3 | as on day 2 |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from demo.report import BEIJING, Report, all_reports

DAYS = (1, 2, 3)
EVENT_DAY = 2

# The replica's own calendar, for `Last-Modified` only: its pages never follow the real clock.
EVENT_TIME = datetime(2025, 1, 24, 8, 30, tzinfo=BEIJING)


@dataclass(frozen=True, slots=True)
class Edit:
    """One number of a published report, replaced without a word."""

    key: str
    old: Decimal
    new: Decimal


@dataclass(frozen=True, slots=True)
class Events:
    """What happens between day 1 and day 2, by report id."""

    edited: str
    edits: tuple[Edit, ...]
    new: str
    gone: str
    blocked: str


EVENTS = Events(
    edited="wuzhong-police-2021",
    edits=(
        Edit("proactive.administrative_penalty.decisions", Decimal(241307), Decimal(241370)),
        Edit("proactive.administrative_compulsion.decisions", Decimal(3386), Decimal(3836)),
    ),
    new="shizuishan-police-2024",
    gone="wuzhong-night-2022",
    blocked="wuzhong-goji-2022",
)


def reports_on(day: int) -> Mapping[str, Report]:
    """The reports that stand on the two sites on `day`, by id, with the figures of that day.

    The blocked report is among them: it is there, behind a challenge page.
    """
    if day not in DAYS:
        raise ValueError(f"the replica knows the days {DAYS}, not {day}")
    known = dict(all_reports())
    if day < EVENT_DAY:
        del known[EVENTS.new]
        return known
    del known[EVENTS.gone]
    known[EVENTS.edited] = known[EVENTS.edited].edited({edit.key: edit.new for edit in EVENTS.edits})
    return known
