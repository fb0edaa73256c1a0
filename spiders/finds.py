"""What the spider hands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ReportFound:
    """A report was seen: at `report_url`, with its text in the capture of `source_url`.

    `part` is `page` where they are one, `attachment` where a file holds the report. `evidence` says, in
    words, why it is taken for a report.
    """

    report_url: str
    source_url: str
    capture_id: int
    part: Literal["page", "attachment"]
    title: str
    evidence: tuple[str, ...]
