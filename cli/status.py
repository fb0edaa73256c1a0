"""`nianbao status` and `nianbao sites`: what ran, what broke, what is watched, how much is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cli import screen
from cli.announced import announced
from cli.desk import Desk, desk
from cli.home import reading
from cli.language import Words
from cli.moments import iso_moment, show_iso, show_moment
from errors import EmptyDatabase, NoHome
from parser import PARSER_VERSION
from spiders.site import load_profiles
from storage.fixity_account import standing
from storage.home import NIGHT_LOCK, is_free
from storage.models import Capture, FalseValidator, ReadingRow, ReportRow, Run, Segment
from storage.runs import VISITS

RUNS_SHOWN = 10
DAMAGES_SHOWN = 3
"""Of one segment; `nianbao verify` shows all."""
COUNTED = ("captures", "blocked", "failed")

AsJson = Annotated[bool, typer.Option("--json", help="option.json")]


def status(ctx: typer.Context, as_json: AsJson = False) -> None:
    here = desk(ctx)
    with reading(here) as session:
        runs = _last_runs(session)
        counts = _counts(session, [run.id for run in runs])
        account = {
            "home": str(here.settings.home),
            "damage": [_damage_json(one) for one in standing(session, here.settings.archive_dir)],
            "runs": [_run_json(run, _state(run, here)) | counts[run.id] for run in runs],
            "trouble": list(_trouble(session)),
            "announced": _announced(session),
            "quarantined": list(_quarantined(session)),
            "quarantined_before": _quarantined_before(session),
            "reports": _presences(session),
            "archive": _archive(session, here.settings.archive_dir),
        }
    if as_json:
        screen.document(account)
    else:
        _show(account, here.words)


def sites(ctx: typer.Context, as_json: AsJson = False) -> None:
    here = desk(ctx)
    visits = _visits(here)
    told = []
    for domain, profile in load_profiles(here.settings.sites_dir).items():
        visit = visits.get(domain)
        told.append(
            profile.model_dump(mode="json")
            | {
                "last_run": visit.id if visit else None,
                "last_visit": iso_moment(visit.started_at) if visit else None,
                "last_outcome": _outcome(visit, domain) if visit else None,
            }
        )
    if as_json:
        screen.document(told)
        return
    screen.table(
        here.words.heads("site", "name", "family", "publishers", "visited", "outcome"),
        [
            (
                site["domain"],
                site["name"],
                site["family"],
                len(site["publishers"]),
                show_moment(visits[site["domain"]].started_at) if site["domain"] in visits else "",
                here.words.term("visit", site["last_outcome"]),
            )
            for site in told
        ],
    )


def _visits(here: Desk) -> dict[str, Run]:
    """The last run that went to each site; none where there is no home yet."""
    try:
        with reading(here) as session:
            visits = select(Run).where(Run.kind.in_(VISITS)).order_by(Run.id)
            runs = session.scalars(visits).all()
    except (NoHome, EmptyDatabase):
        return {}
    return {domain: run for run in runs for domain in run.sites}


def _outcome(run: Run, domain: str) -> str:
    return str(run.summary.get("sites", {}).get(domain, run.state))


def _last_runs(session: Session) -> list[Run]:
    return list(session.scalars(select(Run).order_by(Run.id.desc()).limit(RUNS_SHOWN)))


def _state(run: Run, here: Desk) -> str:
    """The state of a run. One that says `running` while nobody holds the night's lock was killed."""
    if run.state == "running" and is_free(here.settings.home, NIGHT_LOCK, here.settings.database):
        return "interrupted"
    return run.state


def _run_json(run: Run, state: str) -> dict[str, Any]:
    return {
        "run": run.id,
        "kind": run.kind,
        "state": state,
        "started_at": iso_moment(run.started_at),
        "ended_at": iso_moment(run.ended_at),
        "resumed": run.resumed,
        "sites": run.sites,
        "summary": run.summary,
    }


def _counts(session: Session, runs: list[int]) -> dict[int, dict[str, int]]:
    """What each run has in the index by now, ended or not."""
    failed = func.sum(case((Capture.outcome != "complete", 1), else_=0))
    counted = (
        select(Capture.run_id, func.count(), func.count(Capture.blocked), failed)
        .where(Capture.run_id.in_(runs))
        .group_by(Capture.run_id)
    )
    counts = {run: dict.fromkeys(COUNTED, 0) for run in runs}
    for run, *numbers in session.execute(counted):
        counts[run] = {name: int(number) for name, number in zip(COUNTED, numbers, strict=True)}
    return counts


def _damage_json(segment: dict[str, Any]) -> dict[str, Any]:
    """A damaged segment; how many captures it concerns, because a lost one may concern all of a night."""
    return segment | {
        "captures": len(segment["captures"]),
        "kinds": list(dict.fromkeys(one["kind"] for one in segment["damages"])),
        "damages": segment["damages"][:DAMAGES_SHOWN],
    }


def _trouble(session: Session) -> Iterator[dict[str, Any]]:
    """What broke in the last run that went to sites, in the order site, exchange, validator that lied.

    A later reading of the archive does not hide what a site did in the night.
    """
    run = _last_visit(session)
    if run is None:
        return
    for domain, outcome in run.summary.get("sites", {}).items():
        if outcome != "ok":
            yield {"kind": "site", "site": domain, "url": None, "problem": outcome}
    broken = (
        select(Capture)
        .where(Capture.run_id == run.id, (Capture.outcome != "complete") | Capture.blocked.is_not(None))
        .order_by(Capture.id)
    )
    for capture in session.scalars(broken):
        kind = "blocked" if capture.blocked else capture.outcome
        problem = capture.blocked or capture.problem
        yield {"kind": kind, "site": capture.site, "url": capture.url, "problem": problem}
    found = select(FalseValidator).join(FalseValidator.later).where(Capture.run_id == run.id)
    for row in session.scalars(found.order_by(FalseValidator.id)):
        problem = f"{row.validator} stood for two pages: {row.earlier_capture_id}, {row.later_capture_id}"
        yield {"kind": "validator", "site": row.site, "url": row.url, "problem": problem}


def _last_visit(session: Session) -> Run | None:
    """The last run that went to sites."""
    return session.scalar(select(Run).where(Run.kind.in_(VISITS)).order_by(Run.id.desc()).limit(1))


def _announced(session: Session) -> list[dict[str, Any]]:
    run = _last_visit(session)
    return list(announced(session, run)) if run is not None else []


def _quarantined(session: Session) -> Iterator[dict[str, Any]]:
    """Documents that killed or outlived the process of the present parser, and where they were last seen."""
    rows = session.scalars(
        select(ReadingRow)
        .where(ReadingRow.state == "quarantined", ReadingRow.parser_version == PARSER_VERSION)
        .order_by(ReadingRow.read_at, ReadingRow.payload_sha256)
    )
    for row in rows:
        capture = session.scalar(
            select(Capture)
            .where(Capture.payload_sha256 == row.payload_sha256)
            .order_by(Capture.id.desc())
            .limit(1)
        )
        yield {
            "payload_sha256": row.payload_sha256,
            # A page's images together are known by a digest of their own.
            "url": capture.url if capture else row.record.get("page"),
            "reason": row.reason,
            "parser_version": row.parser_version,
            "read_at": iso_moment(row.read_at),
        }


def _quarantined_before(session: Session) -> int:
    """How many documents earlier parsers quarantined that the present one has not met."""
    met = select(ReadingRow.payload_sha256).where(ReadingRow.parser_version == PARSER_VERSION)
    documents = func.count(ReadingRow.payload_sha256.distinct())
    earlier = select(documents).where(
        ReadingRow.state == "quarantined", ReadingRow.payload_sha256.not_in(met)
    )
    return session.scalar(earlier) or 0


def _presences(session: Session) -> dict[str, int]:
    return _how_many(session, ReportRow.presence)


def _how_many(session: Session, word: InstrumentedAttribute[str]) -> dict[str, int]:
    """How many rows have each of the words of a column, in the order of the words."""
    counted = select(word, func.count()).group_by(word).order_by(word)
    return dict(session.execute(counted).all())


def _archive(session: Session, folder: Path) -> dict[str, Any]:
    """How much is kept. The size is that of the files, so that a segment being written counts too."""
    sizes = [path.stat().st_size for path in folder.glob("*.warc.gz*")] if folder.is_dir() else []
    oldest = session.scalar(select(func.min(Capture.captured_at)))
    newest = session.scalar(select(func.max(Capture.captured_at)))
    return {
        "folder": str(folder),
        "bytes": sum(sizes),
        "segments": _how_many(session, Segment.state),
        "captures": session.scalar(select(func.count()).select_from(Capture)) or 0,
        "first_capture": iso_moment(oldest),
        "last_capture": iso_moment(newest),
    }


def _show(account: dict[str, Any], words: Words) -> None:
    archive = account["archive"]
    segments = ", ".join(
        f"{words.term('segment', state)} {count}" for state, count in archive["segments"].items()
    )
    presences = ", ".join(
        f"{words.term('presence', name)} {count}" for name, count in account["reports"].items()
    )
    if account["damage"]:
        _show_damage(account["damage"], words)
    screen.pairs(
        [
            (words("head.home"), account["home"]),
            (words("head.archive"), words("status.size", mib=archive["bytes"] / 2**20)),
            (words("head.segments"), segments),
            (words("head.captures"), archive["captures"]),
            (words("head.reports"), presences),
        ]
    )
    screen.section(words("status.runs"))
    screen.table(
        words.heads(
            "run", "kind", "state", "started", "ended", "captures", "blocked", "failed", "reports_read"
        ),
        [_run_line(run, words) for run in account["runs"]],
    )
    screen.section(words("status.trouble", count=len(account["trouble"])))
    if account["trouble"]:
        screen.table(
            words.heads("kind", "site", "url", "problem"),
            [
                (words.term("trouble", one["kind"]), one["site"], one["url"], one["problem"])
                for one in account["trouble"]
            ],
        )
    screen.section(words("status.announced", count=len(account["announced"])))
    if account["announced"]:
        screen.table(
            words.heads("title", "url", "problem"),
            [(one["title"], one["url"], one["problem"]) for one in account["announced"]],
        )
    screen.section(words("status.quarantined", count=len(account["quarantined"])))
    if account["quarantined"]:
        screen.table(
            words.heads("url", "reason", "sha256"),
            [(one["url"], one["reason"], one["payload_sha256"]) for one in account["quarantined"]],
        )
    if account["quarantined_before"]:
        screen.line(words("status.quarantined_before", count=account["quarantined_before"]))


def _show_damage(damage: list[dict[str, Any]], words: Words) -> None:
    captures = sum(segment["captures"] for segment in damage)
    screen.line(words("status.damage", segments=len(damage), captures=captures))
    screen.table(
        words.heads("segment", "at", "captures", "problem"),
        [
            (
                segment["segment"], show_iso(segment["found_at"]), segment["captures"],
                ", ".join(words.term("damage", kind) for kind in segment["kinds"]),
            )
            for segment in damage
        ],
    )  # fmt: skip
    screen.line("")


def _run_line(run: dict[str, Any], words: Words) -> list[object]:
    counts = [*(run[name] for name in COUNTED), run["summary"].get("reports_read", "")]
    times = [show_iso(run["started_at"]), show_iso(run["ended_at"])]
    return [run["run"], words.term("kind", run["kind"]), words.term("run", run["state"]), *times, *counts]
