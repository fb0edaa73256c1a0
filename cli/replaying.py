"""`nianbao replay`: the archived pages as they looked, in a browser, by pywb."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from html import escape
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cli import screen
from cli.desk import Desk, desk
from cli.home import known_site, opened
from cli.moments import parse_moment, show_moment
from errors import CannotWrite, NothingChosen, StorageError, StoreTrouble
from storage.collection import NAME, Collection
from storage.models import Capture, ReportRow, Version
from storage.replay import Replay, find

REFRESH_SECONDS = 10.0
"""So soon is seen what a night captures meanwhile."""
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def replay(
    ctx: typer.Context,
    *,
    site: Annotated[str | None, typer.Option(metavar="SITE", help="replay.site")] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="replay.at")] = None,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="replay.host")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", min=0, max=65535, help="replay.port")] = 8080,
) -> None:
    here = desk(ctx)
    moment = None if at is None else parse_moment(at)
    program = find(here.settings.pywb)
    with _until_told_to_end(), ExitStack() as kept:
        database = kept.enter_context(opened(here))
        with database.read() as session:
            domain = None if site is None else known_site(session, here, site)
            page = _page(session, here, domain, moment)
        folder = kept.enter_context(_folder())
        collection = Collection(folder, here.settings.archive_dir, database, domain)
        collection.put_page(*page)
        store_url = _store_url(here, kept)
        lost = collection.refresh(store_url)
        if lost:
            screen.complain(here.words("replay.lost", count=len(lost), first=lost[0]))
        pywb = kept.enter_context(Replay(program, folder, host, port))
        screen.line(here.words("replay.ready", url=pywb.url))
        told = ""
        while True:
            pywb.wait(REFRESH_SECONDS)
            try:
                collection.refresh(store_url)
            except StorageError as error:
                # What is shown already goes on being shown.
                if (line := error.message(here.settings.language)) != told:
                    screen.complain(line)
                    told = line


@contextmanager
def _until_told_to_end() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal end the block, in order and once; that is no failure."""
    before = {number: signal.getsignal(number) for number in _ENDS}

    def end(*_: object) -> None:
        for number in _ENDS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    try:
        for number in _ENDS:
            signal.signal(number, end)
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _folder() -> Iterator[Path]:
    try:
        made = TemporaryDirectory(prefix="nianbao-replay-")
    except OSError as error:
        raise CannotWrite(path=error.filename, problem=error.strerror) from error
    with made as name:
        yield Path(name)


def _store_url(here: Desk, kept: ExitStack) -> str | None:
    """Where the segments of the object store are given out, if there is a store."""
    if not here.settings.archive_url:
        return None
    # Few have a store, and what speaks to one is slow to load.
    from storage.store import Store  # noqa: PLC0415
    from storage.store_server import StoreServer  # noqa: PLC0415

    def tell(error: StoreTrouble) -> None:
        screen.complain(error.message(here.settings.language))

    store = Store(here.settings.archive_url, here.settings.archive_endpoint)
    return kept.enter_context(StoreServer(store, tell)).url


def _page(session: Session, here: Desk, site: str | None, moment: datetime | None) -> tuple[str, str]:
    """Title and body of the first page: the sites, and every version of every report, up to a time.

    Raises `NothingChosen` where nothing was captured by then.
    """
    until = moment or datetime.now(UTC)
    words = here.words
    # The page from which a site is walked is its first one, behind its rules for crawlers.
    query = select(Capture.site, func.min(Capture.id)).where(
        Capture.response_offset.is_not(None), Capture.role != "robots"
    )
    if site is not None:
        query = query.where(Capture.site == site)
    body = [f"<h2>{escape(words('replay.title'))}</h2>"]
    for domain, first in session.execute(query.group_by(Capture.site).order_by(Capture.site)):
        url = session.get_one(Capture, first).url
        asked = select(func.max(Capture.captured_at)).where(Capture.url == url, Capture.captured_at <= until)
        seen = session.scalar(asked.where(Capture.response_offset.is_not(None)))
        if seen is None:
            continue
        body.append(f"<h3>{_link(url, seen, domain)}</h3>")
        body += _reports(session, domain, until)
    if len(body) == 1:
        raise NothingChosen
    return words("replay.title"), "\n".join(body)


def _reports(session: Session, site: str, until: datetime) -> Iterator[str]:
    query = (
        select(ReportRow.url, ReportRow.year, Version.title, Version.captured_at)
        .join(Version, Version.report_id == ReportRow.id)
        .where(ReportRow.site == site, Version.captured_at <= until)
        .order_by(
            ReportRow.agency_id.nulls_first(), ReportRow.year.nulls_first(), ReportRow.id, Version.number
        )
    )
    yield '<table class="table"><tbody>'
    for (url, year), rows in groupby(session.execute(query), lambda row: (row.url, row.year)):
        title, links = "", []
        for row in rows:
            title = row.title or url
            links.append(_link(url, row.captured_at, show_moment(row.captured_at)))
        # Two versions may be of one capture, by two parsers.
        shown = " ".join(dict.fromkeys(links))
        yield f"<tr><td>{escape(title)}</td><td>{year or ''}</td><td>{shown}</td></tr>"
    yield "</tbody></table>"


def _link(url: str, time: datetime, text: str) -> str:
    return f'<a href="{NAME}/{time:%Y%m%d%H%M%S}/{escape(url)}">{escape(text)}</a>'
