"""`nianbao cdxj` and `nianbao wacz`: the archive, or a part of it, for the tools of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from cli import screen
from cli.desk import Desk, desk
from cli.home import askable, known_site, opened
from cli.moments import parse_moment, parse_start
from errors import CannotWrite, FileThere, NothingChosen, Phrase
from parser import PARSER_VERSION
from parser.readers import detect
from spiders.page import Page, style_requisites
from storage.cdxj import write_cdxj
from storage.exchange import Reply, decode_content
from storage.identities import find_report
from storage.models import Capture, ReadingRow
from storage.outfile import whole_file
from storage.selection import Selection, of_report
from storage.signing import Signer
from storage.wacz import Told, write_wacz

PAYLOAD_LIMIT = 64 * 1024 * 1024
"""A page whose content coding unpacks to more than this is packed, and not looked into."""
_NO_DOCUMENTS = ("text", "image", "binary")

Site = Annotated[str | None, typer.Option(metavar="SITE", help="packaging.site")]
ReportId = Annotated[str | None, typer.Option(metavar="REPORT", help="packaging.report")]
Since = Annotated[str | None, typer.Option(metavar="TIME", help="packaging.since")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="packaging.until")]

Force = Annotated[bool, typer.Option("--force", help="packaging.force")]


def cdxj(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="packaging.file")],
    *,
    site: Site = None,
    report: ReportId = None,
    since: Since = None,
    until: Until = None,
    force: Force = False,
) -> None:
    here = desk(ctx)
    path = _path(here, file, force=force)
    with opened(here) as database, database.read() as session:
        selection = _selection(session, here, site=site, report=report, since=since, until=until)
        with whole_file(path) as out:
            lines = write_cdxj(session, selection, out)
    screen.complain(here.words("packaging.lines", lines=lines, file=path))


def wacz(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="packaging.file")],
    *,
    site: Site = None,
    report: ReportId = None,
    since: Since = None,
    until: Until = None,
    sign: Annotated[str | None, typer.Option(metavar="KEY.pem", help="packaging.sign")] = None,
    force: Force = False,
) -> None:
    here = desk(ctx)
    path = _path(here, file, force=force)
    signer = Signer(Path(sign)) if sign is not None else None
    with opened(here) as database, database.read() as session:
        selection = _selection(session, here, site=site, report=report, since=since, until=until)
        packed = write_wacz(
            session, here.settings.archive_dir, selection, path,
            title=report or site or "Nianbao",
            software=f"Nianbao/{version('nianbao')}",
            now=datetime.now(UTC),
            describe=_describer(session),
            signer=signer,
        )  # fmt: skip
    mib = packed.bytes / 2**20
    screen.complain(
        here.words("packaging.packed", captures=packed.captures, pages=packed.pages, mib=mib, file=path)
    )


def _path(here: Desk, file: str, *, force: bool) -> Path:
    """Where to write. Raises `FileThere`, and `CannotWrite` where nothing of ours may lie."""
    path = Path(file)
    real = path.resolve()  # a link stays, and what it leads to is written
    if real.parent == here.settings.archive_dir.resolve():
        raise CannotWrite(path=path, problem=Phrase("this folder is the archive's own", "该文件夹只存放归档"))
    if real.exists() and not real.is_file():
        raise CannotWrite(path=path, problem=Phrase("it is no ordinary file", "它不是普通文件"))
    if real.exists() and not force:
        raise FileThere(path=path)
    return real if path.is_symlink() else path


def _selection(
    session: Session,
    here: Desk,
    *,
    site: str | None,
    report: str | None,
    since: str | None,
    until: str | None,
) -> Selection:
    """What was asked for. Raises `UnknownSite`, and `NothingChosen` where the archive has nothing of it."""
    selection = Selection(
        site=None if site is None else known_site(session, here, site),
        since=None if since is None else parse_start(since),
        until=None if until is None else parse_moment(until),
    )
    if report is not None:
        row = find_report(session, askable(report))
        selection = of_report(session, here.settings.archive_dir, row, selection, _needed)
    if session.scalar(select(Capture.id).where(selection.condition()).limit(1)) is None:
        raise NothingChosen
    return selection


def _needed(url: str, reply: Reply) -> Iterable[str]:
    payload = _decoded(reply)
    kind = reply.content_type or ""
    if "css" in kind:
        return style_requisites(url, payload)
    return Page(url, payload).requisites if detect(payload) == "html" else ()


def _describer(session: Session) -> Callable[[Capture, Reply], Told | None]:
    def describe(capture: Capture, reply: Reply) -> Told | None:
        payload = _decoded(reply)
        kind = detect(payload) if payload else "binary"
        if kind == "html":
            page = Page(capture.url, payload)
            return Told(page.title, page.text)
        if kind in _NO_DOCUMENTS:
            return None
        reading = session.get(ReadingRow, (capture.payload_sha256, PARSER_VERSION))
        record = reading.record if reading is not None else {}
        text = "\n".join(f"{part['heading']}\n{part['text']}" for part in record.get("sections") or ())
        return Told(record.get("title") or "", text)

    return describe


def _decoded(reply: Reply) -> bytes:
    try:
        return decode_content(reply, PAYLOAD_LIMIT)
    except ValueError:  # in a coding that it is not in; it is packed as it came
        return b""
