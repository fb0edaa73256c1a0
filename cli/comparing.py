"""`nianbao diff`: two versions or captures side by side, down to the cell and the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cli import screen
from cli.desk import Desk, desk
from cli.history import capture_json, version_json
from cli.home import askable, reading
from cli.language import Words
from cli.moments import show_moment
from cli.payloads import LINES, Payloads, source_diff
from cli.record import label
from cli.sides import Side, last_two, side
from errors import BadCall, NianbaoError, NothingToCompare
from storage.comparison import Comparison, FigurePair, Turnover, compare
from storage.wording import ChapterEdit


def diff(
    ctx: typer.Context,
    old: Annotated[str, typer.Argument(metavar="A", help="diff.old")],
    new: Annotated[str | None, typer.Argument(metavar="[B]", help="diff.new")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    here = desk(ctx)
    with reading(here) as session:
        if new is not None:
            sides = side(session, askable(old)), side(session, askable(new))
        elif "@" in old or old.isdecimal():
            raise BadCall(problem=here.words("diff.alone", wanted=old), command=ctx.command_path)
        else:
            found = last_two(session, askable(old))
            if found is None:
                raise BadCall(problem=here.words("diff.only_one", wanted=old), command=ctx.command_path)
            sides = found
        before, after = sides
        if before.is_same(after):
            raise NothingToCompare(old=old, new=new)
        payload, problem = _payload(here, before, after)
        said = compare(before.record, after.record) if before.record and after.record else None
        if as_json:
            screen.document(_json(before, after, said, payload, problem))
        else:
            _show_sides(before, after, here.words)
            _show_said(said, here.words)
            _show_payload(payload, here.words)
    if problem is not None:
        raise problem


def _payload(here: Desk, old: Side, new: Side) -> tuple[dict[str, Any], NianbaoError | None]:
    """How the octets differ, and the error that hindered looking at them: the records differ all the same."""
    captures = old.capture, new.capture
    account: dict[str, Any] = {
        "equal": captures[0].payload_sha256 == captures[1].payload_sha256,
        "bytes": [capture.payload_bytes for capture in captures],
        "sha256": [capture.payload_sha256 for capture in captures],
        "differs": [],
        "source": None,
        "more": 0,
    }
    if account["equal"]:
        return account, None
    payloads = Payloads(here)
    try:
        account["differs"] = list(payloads.differences(*captures))
        lines = source_diff(*(payloads.read(capture) for capture in captures))
    except NianbaoError as error:
        return account, error
    if lines is not None:
        account |= {"source": lines[:LINES], "more": max(0, len(lines) - LINES)}
    return account, None


def _json(
    old: Side, new: Side, said: Comparison | None, payload: dict[str, Any], problem: NianbaoError | None
) -> dict[str, Any]:
    return {
        "old": _side_json(old),
        "new": _side_json(new),
        "record": None if said is None else _said_json(said),
        "payload": payload | {"problem": str(problem) if problem else None},
    }


def _side_json(one: Side) -> dict[str, Any]:
    return {
        "name": one.name,
        "report": one.version.report_id if one.version else None,
        "version": version_json(one.version) if one.version else None,
        "parser_version": one.parser_version,
        "capture": capture_json(one.capture),
    }


def _said_json(said: Comparison) -> dict[str, Any]:
    return {
        "equal": not said,
        "head": [{"name": name, "old": old, "new": new} for name, old, new in said.head],
        "figures": [{"key": pair.key, "old": pair.old, "new": pair.new} for pair in said.figures],
        "narrative": [
            {
                "old_heading": chapter.old,
                "new_heading": chapter.new,
                "heading": chapter.heading,
                "sentences": [
                    {"old": edit.old, "new": edit.new, "marked": edit.marked} for edit in chapter.edits
                ],
            }
            for chapter in said.narrative
        ],
        "findings": {"went": said.findings.went, "came": said.findings.came},
        "doubts": {"went": said.doubts.went, "came": said.doubts.came},
    }


def _show_sides(old: Side, new: Side, words: Words) -> None:
    screen.table(
        ["", *words.heads("version", "captured", "recorded", "capture", "parser", "url")],
        [
            (
                words(f"head.{name}"),
                one.name if one.version else "",
                show_moment(one.capture.captured_at),
                show_moment(one.version.recorded_at) if one.version else "",
                one.capture.id,
                one.parser_version,
                one.capture.url,
            )
            for name, one in (("old", old), ("new", new))
        ],
    )


def _show_said(said: Comparison | None, words: Words) -> None:
    if said is None:
        screen.section(words("diff.unread"))
        return
    if not said:
        screen.section(words("diff.alike"))
        return
    if said.head:
        screen.section(words("diff.head", count=len(said.head)))
        screen.table(words.heads("name", "old", "new"), said.head)
    if said.figures:
        screen.section(words("diff.figures", count=len(said.figures)))
        screen.table(
            words.heads("key", "figure", "old", "new", "unit", "old_cell", "new_cell"),
            [_figure_line(pair, words) for pair in said.figures],
        )
    if said.narrative:
        screen.section(words("diff.narrative", count=len(said.narrative)))
        for chapter in said.narrative:
            _show_chapter(chapter)
    _show_turnover(
        words("diff.findings", came=len(said.findings.came), went=len(said.findings.went)),
        words.heads("change", "rule", "where", "expected", "found", "severity"),
        ("rule", "where", "expected", "found", "severity"),
        said.findings,
        words,
    )
    _show_turnover(
        words("diff.doubts", came=len(said.doubts.came), went=len(said.doubts.went)),
        words.heads("change", "doubt", "where", "message"),
        ("kind", "where", "message"),
        said.doubts,
        words,
    )


def _figure_line(pair: FigurePair, words: Words) -> list[object]:
    either = pair.new or pair.old or {}
    values = [_value(figure) for figure in (pair.old, pair.new)]
    cells = [_cell(figure) for figure in (pair.old, pair.new)]
    return [pair.key, label(pair.key, words), *values, either.get("unit"), *cells]


def _value(figure: dict[str, Any] | None) -> str:
    """What is printed, what a person set instead, and the remark: each may be what differs."""
    if figure is None:
        return "–"
    value = f"{figure['printed']} ⇒ {figure['value']}" if figure.get("override") else figure["printed"]
    return f"{value}  ({figure['remark']})" if figure.get("remark") else str(value)


def _cell(figure: dict[str, Any] | None) -> str:
    return ", ".join(f"{name} {value}" for name, value in (figure or {}).get("locator", {}).items())


def _show_chapter(chapter: ChapterEdit) -> None:
    screen.line(f"  {chapter.heading}")
    for edit in chapter.edits:
        screen.line(f"    {edit.marked}")


def _show_turnover(
    heading: str, heads: Sequence[str], names: Sequence[str], turnover: Turnover, words: Words
) -> None:
    if not turnover:
        return
    group = {"rule": "rule", "kind": "doubt", "severity": "severity"}
    rows = [("-", item) for item in turnover.went] + [("+", item) for item in turnover.came]
    screen.section(heading)
    screen.table(
        heads,
        [
            (sign, *(words.term(group[name], item[name]) if name in group else item[name] for name in names))
            for sign, item in rows
        ],
    )


def _show_payload(payload: dict[str, Any], words: Words) -> None:
    screen.section(words("diff.payload_equal" if payload["equal"] else "diff.payload"))
    screen.table(
        ["", *words.heads("bytes", "sha256")],
        [
            (words(f"head.{name}"), payload["bytes"][one], payload["sha256"][one])
            for one, name in enumerate(("old", "new"))
        ],
    )
    if payload["differs"]:
        kinds = ", ".join(words.term("difference", kind) for kind in payload["differs"])
        screen.line(words("diff.differs", kinds=kinds))
    for line in payload["source"] or ():
        screen.line(f"  {line}")
    if payload["more"]:
        screen.line(words("diff.more", count=payload["more"]))
