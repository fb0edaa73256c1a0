"""Where the database is: its URL, and how it is shown without the secrets in it."""

from __future__ import annotations

import re

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from errors import DatabaseError

_SCHEMES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
_SECRET = ("password", "sslpassword")
_LOGIN = re.compile(r"//.*@", re.DOTALL)
_ASSIGNED = re.compile(rf"\b({'|'.join(_SECRET)})=[^&\s]*")


def parse(url: str) -> URL:
    """A database URL taken apart. Raises `DatabaseError` where it is none that we can use."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseError(url=masked(url), problem=str(error).partition("\n")[0]) from error
    if parsed.drivername not in _SCHEMES:
        problem = f"{parsed.drivername} is neither sqlite nor postgresql"
        raise DatabaseError(url=masked(url), problem=problem)
    if "@" in (parsed.host or ""):
        raise DatabaseError(url=masked(url), problem="an @ in the password is written %40")
    return parsed


def is_postgresql(url: URL) -> bool:
    return url.get_backend_name() == "postgresql"


def shown(url: URL) -> str:
    """The URL for people: without a password, wherever it stands."""
    hidden = {name: "***" for name in _SECRET if name in url.query}
    return url.update_query_dict(hidden).render_as_string()


def masked(text: str) -> str:
    """As `shown`, for text that may not even be a URL: without all that stands where a login would."""
    return _ASSIGNED.sub(r"\1=***", _LOGIN.sub("//***@", text))
