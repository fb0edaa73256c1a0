"""The ASGI application: its paths, and how errors become a status and a line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from config import Settings
from errors import CannotRead, Damaged, NianbaoError, NotAsPart, NotFound, StorageError, UsageError
from storage.database import Database
from web.access import Access, logger
from web.front import front
from web.mementos import memento
from web.reading import Reading
from web.timegate import VARY, timegate
from web.timemaps import in_json, link_format

STATUSES: tuple[tuple[type[NianbaoError], int], ...] = (
    (NotAsPart, 403),
    (UsageError, 400),
    (NotFound, 404),
    (Damaged, 500),
    (CannotRead, 500),
    (StorageError, 503),
)
"""The first that an error is an instance of."""


class _Rest(Convertor[str]):
    """All that follows, line ends included."""

    regex = "(?s:.+)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("rest", _Rest())


def application(settings: Settings, database: Database) -> Starlette:
    """The application over one home, which its caller opens and closes."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.reading = Reading(database, settings.archive_dir)
        yield
        app.state.reading.close()

    app = Starlette(
        routes=[
            Route("/", front),
            Route("/timegate/{address:rest}", timegate),
            Route("/timemap/link/{address:rest}", link_format),
            Route("/timemap/json/{address:rest}", in_json),
            Route("/memento/{stamp}/{address:rest}", memento),
        ],
        middleware=[Middleware(Access, language=settings.language)],
        exception_handlers={NianbaoError: _told, HTTPException: _refused},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.base = settings.serve_url.rstrip("/")
    app.state.language = settings.language
    return app


async def _refused(request: Request, error: Exception) -> Response:
    """A path that is none of ours, or a method that it has not got."""
    assert isinstance(error, HTTPException)
    return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)


async def _told(request: Request, error: Exception) -> Response:
    """An error as its status and its line."""
    assert isinstance(error, NianbaoError)
    status = next((number for kind, number in STATUSES if isinstance(error, kind)), 500)
    if status >= 500:
        logger.error("%s", error)
    headers = VARY if request.url.path.startswith("/timegate/") else None
    return PlainTextResponse(f"{error.message(request.app.state.language)}\n", status, headers)
