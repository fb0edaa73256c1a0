"""`nianbao report ID --cell KEY`: from a number back to the octets it was read from, and its picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import object_session

from cli import screen
from cli.desk import Desk
from cli.history import capture_json
from cli.moments import show_moment
from cli.record import label
from errors import CannotWrite, NoFigure, NoPicture, UnknownReport
from parser.document import Unreadable
from parser.pictures import NoPictureError, outline
from parser.report import number
from storage.archive import place_of, read_reply
from storage.exchange import decode_content
from storage.models import Capture, FigureRow, ReportRow, Version
from storage.page_images import image_capture

PAYLOAD_LIMIT = 256 * 1024 * 1024
"""A payload whose content coding unpacks to more than this is not drawn."""


def show_cell(here: Desk, row: ReportRow, key: str, *, as_json: bool, image: str | None) -> None:
    """Print the chain of one figure of a report's latest version, and write its picture if one is asked for.

    Raises `NoFigure`, `NoPicture`, `CannotWrite`, and what reading from the archive raises.
    """
    version = row.versions[-1] if row.versions else None
    if version is None:
        raise UnknownReport(report=row.id)
    figure = next((figure for figure in version.figures if figure.key == key), None)
    if figure is None:
        raise NoFigure(report=row.id, key=key)
    if image is not None:
        _draw(here, version, figure, Path(image))
    if as_json:
        screen.document(_chain(row, version, figure))
    else:
        _show(row, version, figure, here)


def _chain(row: ReportRow, version: Version, figure: FigureRow) -> dict[str, Any]:
    """Every link from the figure to the URL, JSON-ready."""
    capture = _holding(version, figure)
    return {
        "report": row.id,
        "version": version.number,
        "figure": {
            "key": figure.key,
            "value": number(figure.value),
            "unit": figure.unit,
            "printed": figure.printed,
            "remark": figure.remark,
            "override": figure.override,
        },
        "cell": figure.locator,
        "parser_version": version.parser_version,
        "capture": capture_json(capture),
        "url": capture.url,
    }


def _show(row: ReportRow, version: Version, figure: FigureRow, here: Desk) -> None:
    words, capture = here.words, _holding(version, figure)
    place = ", ".join(f"{name} {value}" for name, value in figure.locator.items())
    remark = f"  ({figure.remark})" if figure.remark else ""
    screen.pairs(
        [
            (words("head.figure"), f"{figure.key}  {label(figure.key, words)}"),
            (words("head.printed"), f"{figure.printed}{remark}"),
            (
                words("head.value"),
                "" if figure.value is None else f"{figure.value:f} {figure.unit or ''}".strip(),
            ),
            (words("head.cell"), place),
            (words("head.report"), f"{row.id}  {version.title}"),
            (words("head.version"), version.number),
            (words("head.parser"), version.parser_version),
            (words("head.sha256"), capture.payload_sha256),
            (words("head.segment"), f"{capture.segment.name} @ {capture.response_offset}"),
            (words("head.record"), capture.record_id),
            (words("head.captured"), show_moment(capture.captured_at)),
            (words("head.url"), capture.url),
        ]
    )


def _holding(version: Version, figure: FigureRow) -> Capture:
    """The capture whose octets print the figure: the version's, or that of one of the images on its page."""
    session, member = object_session(version), figure.locator.get("member")
    if session is None or member is None or version.payload_sha256 == version.capture.payload_sha256:
        return version.capture
    return image_capture(session, version.capture.run_id, str(member)) or version.capture


def _draw(here: Desk, version: Version, figure: FigureRow, file: Path) -> None:
    capture, locator = _holding(version, figure), figure.locator
    if capture is not version.capture:
        locator = {name: value for name, value in locator.items() if name != "member"}
    place = place_of(capture)
    if place is None:
        raise NoPicture(key=figure.key, problem="nothing was received")
    reply = read_reply(here.settings.archive_dir, place)
    try:
        picture = outline(decode_content(reply, PAYLOAD_LIMIT), locator)
    except (NoPictureError, Unreadable, ValueError) as error:
        raise NoPicture(key=figure.key, problem=error) from error
    try:
        file.write_bytes(picture)
    except OSError as error:
        raise CannotWrite(path=file, problem=error.strerror) from error
