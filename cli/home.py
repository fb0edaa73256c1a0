"""The way into the data of this home, for commands that only look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.desk import Desk
from errors import UnknownSite
from spiders.site import load_profiles
from storage.database import Database
from storage.models import Capture, Site


def askable(text: str) -> str:
    """An argument as a database takes it: octets of the command line that are not UTF-8 become escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@contextmanager
def opened(here: Desk) -> Iterator[Database]:
    """The database. Creates nothing; raises `NoHome` or `EmptyDatabase` where there is none."""
    database = Database(here.settings.database, create=False)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def reading(here: Desk) -> Iterator[Session]:
    """A session on the records."""
    with opened(here) as database, database.read() as session:
        yield session


def known_site(session: Session, here: Desk, site: str) -> str:
    """The domain as the database takes it. Raises `UnknownSite` where it is neither in the archive nor
    watched, as `crawl` does."""
    domain = askable(site)
    in_archive = session.get(Site, domain) or session.scalar(
        select(Capture.id).where(Capture.site == domain).limit(1)
    )
    if in_archive is None and domain not in load_profiles(here.settings.sites_dir):
        raise UnknownSite(site=domain)
    return domain
