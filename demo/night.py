"""`make demo`: a whole night against the replica, then the next one, and what changed between them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from demo.replica import Replica

HOME = Path("demo-data")
MARK = "REPLICA"
"""A file that says that a home holds a replica's captures, so that it may be thrown away."""

console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    """Run the days into a fresh `./demo-data`; the exit code of the first night that failed, or 0."""
    if not _make_fresh(HOME):
        sys.stderr.write(f"{HOME} is not from an earlier demo; move it away and call again\n")
        return 1
    started = time.monotonic()
    nights = []
    with Replica(day=1) as replica:
        for day in (1, 2):
            replica.set_day(day)
            console.print(f"\n[bold]Night {day}[/bold]: the replica answers for both sites as on day {day}")
            night = _nianbao(replica, "nightly", "--json")
            if night.returncode != 0:
                return night.returncode
            summary = json.loads(night.stdout)
            _show_night(summary)
            nights.append(summary)
        reports = json.loads(_nianbao(replica, "reports", "--json").stdout)
        changes = json.loads(_nianbao(replica, "changes", "--json").stdout)
    second_night = [change for change in changes if change["run"] == summary["run"]]
    _show_changes(second_night)
    _show_end(nights, reports, second_night, time.monotonic() - started)
    return 0


def _make_fresh(home: Path) -> bool:
    if home.exists() and any(home.iterdir()) and not (home / MARK).exists():
        return False
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / MARK).write_text(
        "Captures of a replica, made by `make demo`. Nothing here is from a real site.\n"
    )
    return True


def _nianbao(replica: Replica, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line as a user would call it, with the replica as its only way out."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("NIANBAO_") and "proxy" not in name.lower()
    }
    environment |= {
        "NIANBAO_HOME": str(HOME),
        "NIANBAO_DELAY": "0",
        "NIANBAO_CONTACT": "demo@example.invalid",
        "http_proxy": replica.proxy_url,
        "https_proxy": replica.proxy_url,
    }
    command = [sys.executable, "-m", "cli", *arguments]
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603


def _show_night(summary: dict[str, Any]) -> None:
    console.print(
        f"  {summary['exchanges']} exchanges archived, {summary['reports_read']} reports read, "
        f"{summary['figures']} figures, {summary['blocked']} blocked"
    )


def _show_changes(changes: list[dict[str, Any]]) -> None:
    console.print("\n[bold]What changed on day 2[/bold]")
    for change in changes:
        note = f"  ({change['note']})" if change["note"] else ""
        console.print(f"  {change['kind']:8} {change['report']}{note}", markup=False)
        for figure in change["figures"]:
            old, new = (figure[side]["printed"] if figure[side] else "-" for side in ("old", "new"))
            console.print(f"           {figure['key']}  {old} → {new}", markup=False)


def _show_end(
    nights: list[dict[str, Any]],
    reports: list[dict[str, Any]],
    changes: list[dict[str, Any]],
    seconds: float,
) -> None:
    """What the home holds: the captures of all nights, the reports as they now stand."""
    table = Table(show_header=False, title="After two nights", title_justify="left")
    for name, value in (
        ("pages fetched", sum(night["pages"] for night in nights)),
        ("captures", sum(night["captures"] for night in nights)),
        ("reports read", len(reports)),
        ("figures", sum(len(report["figures"]) for report in reports)),
        ("findings", sum(report["findings"] for report in reports)),
        ("where the data is", f"./{HOME}"),
        ("time", f"{seconds:.1f} s"),
    ):
        table.add_row(name, str(value))
    console.print()
    console.print(table)
    edited = next(change for change in changes if change["kind"] == "changed")
    before = edited["old_capture"]
    console.print("\nNext, try:")
    for command in (
        "reports",
        f"report {edited['report']}",
        f"raw {before['url']} --at {before['captured_at']}",
    ):
        console.print(f"  NIANBAO_HOME=./{HOME} .venv/bin/nianbao {command}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
