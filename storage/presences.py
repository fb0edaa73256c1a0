"""What a visit says of a report that was not read in it."""

from __future__ import annotations

from storage.models import PAGE_STATUSES, Capture

PRESENCES = ("gone", "blocked", "moved", "unreadable")
"""What a visit may meet instead of a report."""


def presence_of(capture: Capture | None) -> tuple[str | None, str]:
    """What an answer says of a report that was not read: its presence, and a note. `None`: nothing."""
    if capture is None or capture.outcome != "complete" or capture.status is None:
        return None, ""
    if capture.blocked:
        return "blocked", f"{capture.status}, {capture.blocked}"
    if capture.status in (404, 410):
        return "gone", str(capture.status)
    if capture.status in PAGE_STATUSES and capture.payload_sha256 is not None:
        return "unreadable", "the page is there but holds no report that can be read"
    if 300 <= capture.status < 400 and capture.status != 304:
        return "moved", str(capture.status)
    return None, ""
