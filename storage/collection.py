"""The archive as a collection of pywb: a folder with its settings, the index, where each segment lies, and a
first page. Nothing of the archive is copied.

    config.yaml             what pywb is told
    archive -> …            the folder of the segments
    segments.txt            file name, tab, every place where the segment lies or will
    indexes/<n>.cdxj        the index; what is captured later comes as further files
    templates/index.html    what is there to be seen
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from storage.cdxj import write_lines
from storage.database import Database
from storage.models import Capture, Segment
from storage.outfile import whole_file
from storage.segment import OPEN_SUFFIX, SEALED_SUFFIX

NAME = "archive"
"""Of the collection, as it stands in pywb's addresses."""
_FILE_LINES = 10_000
"""A file of later captures is written anew each time, up to this size."""
_RECENT = 1000
"""So far back among the numbers a row may still come in: transactions need not end in the order of their
numbers."""
_CONFIG = """\
collections_root: {none}
enable_auto_colls: false
collections:
  {name}:
    index: {index}
    archive_paths: {segments}
"""
_PAGE = """\
{{% extends "base.html" %}}
{{% block title %}}{title}{{% endblock %}}
{{% block body %}}<div class="container"><!-- {mark} -->
{body}
</div>{{% endblock %}}
"""


class Collection:
    """Made in `folder`, which is the caller's to remove. `refresh` takes in what was captured since."""

    def __init__(self, folder: Path, archive: Path, database: Database, site: str | None = None) -> None:
        """`archive`: the folder of the segments. `site`: its captures only, and what they refer to."""
        self.folder = folder
        self._archive = archive
        self._database = database
        self._site = site
        self._files = 0
        self._lines = _FILE_LINES
        self._newest = 0
        self._recent: frozenset[int] = frozenset()
        """the last numbers up to there whose rows were there to be written"""
        self._below, self._known = self._newest, self._recent
        """the same of the files that are not written again"""
        for name in ("indexes", "templates"):
            (folder / name).mkdir()
        (folder / "archive").symlink_to(archive.absolute())
        config = _CONFIG.format(
            name=NAME,
            none=json.dumps(f"{folder}/none"),
            index=json.dumps(f"{folder}/indexes/"),
            segments=json.dumps(f"{folder}/segments.txt"),
        )
        (folder / "config.yaml").write_text(config, encoding="utf-8")

    def refresh(self, store_url: str | None = None) -> list[str]:
        """Take in what was captured since the last time: the segments that lie nowhere.

        `store_url` gives out the segments of the object store, by `<store_url>/<name>`. Raises
        `DatabaseError`, `CannotWrite`.
        """
        with self._database.read() as session:
            newest = session.scalar(select(func.max(Capture.id))) or 0
            if newest != self._newest or not self._files:
                self._index(session, newest)
            return self._place(session, store_url)

    def put_page(self, title: str, body: str) -> None:
        """Set the first page: two pieces of HTML. The folder's name stands in it, to be known by."""
        page = _PAGE.format(mark=self.folder.name, title=_plain(title), body=_plain(body))
        with whole_file(self.folder / "templates" / "index.html") as out:
            out.write(page.encode("utf-8", "backslashreplace"))

    def _index(self, session: Session, newest: int) -> None:
        if self._lines >= _FILE_LINES:
            self._below, self._known = self._newest, self._recent
            self._files += 1
        last = select(Capture.id).where(Capture.id > newest - _RECENT, Capture.id <= newest)
        self._newest, self._recent = newest, frozenset(session.scalars(last))
        with whole_file(self.folder / "indexes" / f"{self._files}.cdxj") as out:
            self._lines = write_lines(session, self._later(), out)

    def _later(self) -> ColumnElement[bool]:
        """What holds of the rows that no earlier file has."""
        missed = and_(Capture.id > self._below - _RECENT, Capture.id.not_in(self._known))
        late = and_(or_(Capture.id > self._below, missed), Capture.id <= self._newest)
        if self._site is None:
            return late
        chosen = and_(Capture.site == self._site, late)
        originals = select(Capture.original_segment_id, Capture.original_offset).where(
            chosen, Capture.original_offset.is_not(None)
        )
        elsewhere = and_(
            Capture.site != self._site, tuple_(Capture.segment_id, Capture.record_offset).in_(originals)
        )
        return or_(chosen, elsewhere)

    def _place(self, session: Session, store_url: str | None) -> list[str]:
        # A segment may lie in a folder of the archive's, and is renamed when it is sealed.
        there = {path.name: path for path in self._archive.rglob(f"*{SEALED_SUFFIX}*")}
        lines, lost = [], []
        for name, stored in session.execute(select(Segment.name, Segment.stored_in).order_by(Segment.id)):
            places = list(self._local(name, there))
            if not places and not (stored and store_url):
                lost.append(name)
            if not places:
                places = [f"{self.folder}/archive/{name}{SEALED_SUFFIX}"]
            if store_url:
                places.append(f"{store_url}/{quote(name, safe='')}")
            lines.append("\t".join([f"{name}{SEALED_SUFFIX}", *places]) + "\n")
        with whole_file(self.folder / "segments.txt") as out:
            out.writelines(sorted(line.encode() for line in lines))
        return lost

    def _local(self, name: str, there: dict[str, Path]) -> Iterator[str]:
        for suffix in (SEALED_SUFFIX, OPEN_SUFFIX):
            path = there.get(f"{name}{suffix}")
            if path is None:
                continue
            place = f"{self.folder}/archive/{path.relative_to(self._archive)}"
            if suffix == OPEN_SUFFIX:
                yield place.removesuffix(OPEN_SUFFIX) + SEALED_SUFFIX
            yield place


def _plain(text: str) -> str:
    """HTML in which a template language finds nothing to be done."""
    return text.replace("{", "&#123;").replace("}", "&#125;")
