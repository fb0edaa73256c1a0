"""`nianbao serve`: the archive over HTTP, for Memento clients and browsers."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cli import screen
from cli.desk import desk
from cli.home import opened
from web.application import application
from web.server import serve as run


def serve(
    ctx: typer.Context,
    *,
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="serve.host")] = None,
    port: Annotated[int | None, typer.Option(metavar="PORT", min=0, max=65535, help="serve.port")] = None,
) -> None:
    here = desk(ctx)
    settings = here.settings
    with opened(here) as database:
        run(
            application(settings, database),
            settings.serve_host if host is None else host,
            settings.serve_port if port is None else port,
            zone=ZoneInfo(settings.timezone),
            ready=lambda url: screen.line(here.words("serve.ready", url=url)),
        )
