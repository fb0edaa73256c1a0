"""The two sites: their columns, their everyday articles, and where everything stands (`data/sites.json`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from demo.report import BEIJING, Report

Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Article:
    """A page of everyday news, there so that reports must be told from it."""

    file: str
    title: str
    published: datetime
    body: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = ()
    picture: bool = False


@dataclass(frozen=True, slots=True)
class DeadEntry:
    """A listing entry whose page is no longer there, on any day."""

    file: str
    date: str
    title: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column (栏目): a hub of links, a list of articles, a plain text, or the annual reports."""

    path: str
    parent: str
    name: str
    kind: Literal["hub", "list", "text", "annual"]
    children: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    articles: tuple[Article, ...] = ()
    body: tuple[str, ...] = ()
    dead: tuple[DeadEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """One site; `columns` by path."""

    host: str
    scheme: Literal["http", "https"]
    name: str
    code: str
    tags: Literal["tidy", "wild"]
    theme: str
    per_page: int
    nav: tuple[str, ...]
    nav_links: tuple[Link, ...]
    robots: tuple[str, ...]
    friends: tuple[Link, ...]
    columns: Mapping[str, Column]

    def url(self, path: str) -> str:
        return f"{self.scheme}://{self.host}{path}"

    @property
    def annual(self) -> Column:
        """The column of the annual reports."""
        return next(column for column in self.columns.values() if column.kind == "annual")

    def trail(self, column: Column) -> list[Link]:
        """The breadcrumb down to `column`: home page first."""
        trail: list[Link] = []
        step: Column | None = column
        while step is not None:
            trail.insert(0, (step.name, step.path))
            step = self.columns.get(step.parent)
        return [("首页", "/"), *trail]

    def articles(self) -> Iterator[tuple[Column, Article]]:
        for column in self.columns.values():
            for article in column.articles:
                yield column, article

    def report_path(self, report: Report) -> str:
        return self.annual.path + report.file_name

    def attachment_path(self, report: Report) -> str | None:
        name = report.attachment_name
        return None if name is None else self.annual.path + name


def _article(raw: Mapping[str, Any]) -> Article:
    return Article(
        file=raw["file"],
        title=raw["title"],
        published=datetime.strptime(raw["date"], "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING),
        body=tuple(raw["body"]),
        table=tuple(tuple(row) for row in raw.get("table", ())),
        picture=raw.get("picture", False),
    )


def _column(raw: Mapping[str, Any]) -> Column:
    return Column(
        path=raw["path"],
        parent=raw["parent"],
        name=raw["name"],
        kind=raw["kind"],
        children=tuple(raw.get("children", ())),
        links=_links(raw.get("links", ())),
        articles=tuple(_article(item) for item in raw.get("articles", ())),
        body=tuple(raw.get("body", ())),
        dead=tuple(DeadEntry(**item) for item in raw.get("dead", ())),
    )


def _links(raw: Any) -> tuple[Link, ...]:
    return tuple((label, target) for label, target in raw)


def _site(raw: Mapping[str, Any]) -> Site:
    return Site(
        host=raw["host"],
        scheme=raw["scheme"],
        name=raw["name"],
        code=raw["code"],
        tags=raw["tags"],
        theme=raw["theme"],
        per_page=raw["per_page"],
        nav=tuple(raw["nav"]),
        nav_links=_links(raw["nav_links"]),
        robots=tuple(raw["robots"]),
        friends=_links(raw["friends"]),
        columns={item["path"]: _column(item) for item in raw["columns"]},
    )


@cache
def all_sites() -> Mapping[str, Site]:
    """The two sites by host name."""
    raw = json.loads((files("demo") / "data" / "sites.json").read_text("utf-8"))
    return {site.host: site for site in map(_site, raw)}
