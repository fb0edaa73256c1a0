"""`nianbao export DIR`: the data as files that other programs read."""

from __future__ import annotations

from typing import Annotated

import typer


def export(
    ctx: typer.Context, folder: Annotated[str, typer.Argument(metavar="DIR", help="export.folder")]
) -> None:
    raise NotImplementedError
